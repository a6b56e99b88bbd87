"""The plan: stages, hosts, effects; and what could not be looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from nai.installer.plan.effects import Effect

# What `precheck` finds on a host that answers; a plan learns nothing about one that does not.
LACKING = "its system, memory, disk, interfaces, ports, packages, files and services"


@dataclass
class Stage:
    """What one stage would change.

    Attributes:
        name: the part of its plays' names before the bar.
        hosts: effects by host; a host without a change has an empty list.
    """

    name: str
    hosts: dict[str, list[Effect]] = field(default_factory=dict)


@dataclass(frozen=True)
class Remark:
    """What is said about one host.

    Attributes:
        host: the host.
        text: what is said, without its name.
    """

    host: str
    text: str

    def __str__(self) -> str:
        """The remark on one line."""
        return f"{self.host}: {self.text}"


@dataclass
class Plan:
    """What a run would do.

    Attributes:
        stages: in the order of the run.
        unreachable: why each host that did not answer did not, by host.
        without_python: hosts that answer but on which no module can run before the installation brings a Python.
        failures: what stops the run.
        warnings: what `precheck` would stop at, and warnings.
    """

    stages: list[Stage] = field(default_factory=list)
    unreachable: dict[str, str] = field(default_factory=dict)
    without_python: list[str] = field(default_factory=list)
    failures: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)

    @property
    def changes(self) -> int:
        """Number of single things that would change."""
        return sum(len(effect.names) for stage in self.stages for effects in stage.hosts.values() for effect in effects)

    def only_stages(self, names: Iterable[str]) -> None:
        """Leaves the stages that concern the inventory, in their order; adds those that the run did not get to.

        Args:
            names: the stages that have hosts in the inventory.
        """
        known = {stage.name: stage for stage in self.stages}
        self.stages = [known.get(name) or Stage(name) for name in names]


def plan_of(events: Iterable[Mapping[str, Any]]) -> Plan:
    """Puts the events of a run in check mode together.

    Args:
        events: what the callback `plan_events` wrote: `stage` (name), `result` (stage, host, effects as lists of
            kind and names), `unreachable` (stage, host, reason), `without_python` (host), `failed` (stage, host, task,
            reason), `warning` (host, text).
    """
    plan = Plan()
    by_name: dict[str, Stage] = {}
    for event in events:
        kind = event["event"]
        if kind == "stage":
            _stage(plan, by_name, event["name"])
        elif kind == "result":
            effects = _stage(plan, by_name, event["stage"]).hosts.setdefault(event["host"], [])
            _add(effects, [Effect(item[0], tuple(item[1])) for item in event["effects"]])
        elif kind == "unreachable":
            plan.unreachable[event["host"]] = event["reason"]
            _forget(_stage(plan, by_name, event["stage"]), event["host"])
        elif kind == "without_python":
            plan.without_python.append(event["host"])
        elif kind == "failed":
            plan.failures.append(Remark(event["host"], f"{event['stage']}, {event['task']}: {event['reason']}"))
        elif kind == "warning":
            plan.warnings.append(Remark(event["host"], event["text"]))
    return plan


def _stage(plan: Plan, by_name: dict[str, Stage], name: str) -> Stage:
    if name not in by_name:
        by_name[name] = Stage(name)
        plan.stages.append(by_name[name])
    return by_name[name]


def _forget(stage: Stage, host: str) -> None:
    """Tasks that run on the control host alone have had a result before; they say nothing about the host."""
    if not stage.hosts.get(host, True):
        del stage.hosts[host]


def _add(effects: list[Effect], new: list[Effect]) -> None:
    """Joins effects of the same kind; a name counts once."""
    for effect in new:
        position = next((number for number, known in enumerate(effects) if known.kind == effect.kind), None)
        if position is None:
            effects.append(effect)
        else:
            known = effects[position]
            effects[position] = Effect(known.kind, tuple(dict.fromkeys(known.names + effect.names)))
