# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""What has to be done to units, decided from their state alone, and whether a unit has come up."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.nubomedia.nai.plugins.module_utils.config_age import config_age
from ansible_collections.nubomedia.nai.plugins.module_utils.probe import http_problem, tcp_problem
from ansible_collections.nubomedia.nai.plugins.module_utils.systemd import Unit

SETTLE_SECONDS = 2.0
"""A Type=simple unit is active once its process exists; one that dies of its configuration does so within this."""

LONGEST_SETTLE_SECONDS = 10.0


@dataclass(frozen=True)
class Service:
    """One wanted service, with the options of `services.services`."""

    name: str
    state: str = "started"
    enabled: bool | None = None
    config: tuple[str, ...] = ()
    url: str | None = None
    port: int | None = None
    address: str = "127.0.0.1"
    log_file: str | None = None
    timeout_seconds: int = 60

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> Service:
        """Reads the module's option."""
        values = {key: value for key, value in entry.items() if value is not None}
        return cls(**{**values, "config": tuple(values.get("config", ()))})

    @property
    def runs(self) -> bool:
        """It is to be running."""
        return self.state == "started"

    @property
    def starts_with_host(self) -> bool:
        """It is to start with the host; what runs does, unless the task says otherwise."""
        return self.runs if self.enabled is None else self.enabled

    def problem(self) -> str | None:
        """Asks it once; None when it answers or nothing was given to ask."""
        problem: str | None = http_problem(self.url) if self.url else None
        if not problem and self.port:
            problem = tcp_problem(self.address, self.port)
        return problem


@dataclass
class Plan:
    """Names of units, by what is to be done to them.

    Attributes:
        reset: units that failed or were restarted by systemd; their start limit and counter have to be forgotten.
        reasons: why, by name, for units that are restarted.
        from_the_future: configuration whose time lies after the present.
    """

    unmask: list[str] = field(default_factory=list)
    enable: list[str] = field(default_factory=list)
    disable: list[str] = field(default_factory=list)
    stop: list[str] = field(default_factory=list)
    start: list[str] = field(default_factory=list)
    restart: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    reset: list[str] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)
    from_the_future: list[str] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Something is to be done."""
        return any((self.unmask, self.enable, self.disable, self.stop, self.start, self.restart))


def make_plan(
    services: list[Service],
    units: Mapping[str, Unit],
    is_enabled: Callable[[Unit], bool],
    redefined: Collection[str] = (),
) -> Plan:
    """Compares what is wanted with what is.

    Args:
        services: what is wanted.
        units: the present state, by name.
        is_enabled: tells whether a unit starts with the host.
        redefined: units whose files systemd had not read before now. What runs of them runs as they were, even when it
            was started (by `Restart=`, say) after the files were written.
    """
    plan = Plan()
    for service in services:
        unit = units[service.name]
        if not unit.is_known:
            if service.runs:
                plan.missing.append(service.name)
            continue
        if unit.is_masked:
            if not service.runs:
                if unit.is_up:
                    plan.stop.append(service.name)
                continue
            plan.unmask.append(service.name)
        enabled = not unit.is_masked and is_enabled(unit)
        if service.starts_with_host and not enabled:
            plan.enable.append(service.name)
        elif not service.starts_with_host and unit.unit_file_state != "static" and enabled:
            plan.disable.append(service.name)
        if service.runs:
            _plan_run(plan, service, unit, service.name in redefined)
        elif unit.is_up or unit.active_state == "deactivating":
            plan.stop.append(service.name)
    return plan


def _plan_run(plan: Plan, service: Service, unit: Unit, redefined: bool) -> None:
    age = config_age((*service.config, *unit.files))
    plan.from_the_future += age.from_the_future
    has_run = unit.runs_once and unit.started_us and unit.result == "success"
    if not unit.is_up and not has_run:
        plan.start.append(service.name)
    elif age.is_newer_than(unit.started_us):
        plan.restart.append(service.name)
        plan.reasons[service.name] = f"{age.newest_path} was written after its start"
    elif redefined and not has_run:
        plan.restart.append(service.name)
        plan.reasons[service.name] = "its unit file was written before systemd read it"
    else:
        return
    if unit.active_state == "failed" or unit.restarts:
        plan.reset.append(service.name)


@dataclass(frozen=True)
class Verdict:
    """How far a unit has come.

    Attributes:
        ready: it runs and answers.
        lost: it will not come up by itself.
        problem: what is missing, in words.
    """

    ready: bool = False
    lost: bool = False
    problem: str = ""


def judge(service: Service, unit: Unit, restarts_before: int = 0) -> Verdict:
    """Says whether a unit that is to run has come up.

    Args:
        service: what is wanted.
        unit: its present state.
        restarts_before: systemd's counter of restarts when the waiting began.
    """
    if unit.has_job or "auto-restart" in unit.sub_state:
        return Verdict(problem=f"is {unit.describe()}")
    if unit.active_state == "active":
        # Each restart by systemd makes it less likely that the next process lives: wait longer before believing it.
        settle = SETTLE_SECONDS * max(0, unit.restarts - restarts_before)
        if unit.restarts or not (unit.tells_readiness or service.url or service.port):
            settle += SETTLE_SECONDS
        if unit.active_seconds < min(settle, LONGEST_SETTLE_SECONDS):
            return Verdict(problem=f"does not stay up: {unit.describe()}")
        problem = service.problem()
        return Verdict(ready=problem is None, problem=f"is active but does not answer. {problem}")
    if unit.active_state == "failed":
        return Verdict(lost=True, problem=f"failed: {unit.describe()}")
    if unit.active_state == "inactive":
        if unit.runs_once and unit.result == "success":
            return Verdict(ready=True)
        return Verdict(lost=True, problem=f"ended by itself: {unit.describe()}")
    return Verdict(problem=f"is {unit.describe()}")
