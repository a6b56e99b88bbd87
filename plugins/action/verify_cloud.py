# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Runs one phase of a verification on the control host and shows each step when it ends."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.nubomedia.nai.plugins.plugin_utils.variables import value_of

from nai.installer.verification import phases
from nai.installer.verification.errors import CheckFailedError
from nai.installer.verification.report import Report

PHASES = ("begin", "upload", "prove", "limits", "remove", "finish")


class ActionModule(ActionBase):  # type: ignore[misc]  # Ansible publishes no types
    """Hands variables and the hosts' states to the phases of `nai.installer.verification`."""

    _supports_check_mode = True
    _requires_connection = False
    _VALID_ARGS = frozenset({"phase", "report", "synchronised", "before", "after"})

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Runs the phase."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        variables = task_vars or {}
        phase = self._task.args.get("phase")
        if phase not in PHASES:
            raise AnsibleActionFail(f"phase: {phase!r} is unknown; known are {', '.join(PHASES)}")
        if self._task.check_mode:
            return result | {"skipped": True, "msg": "a verification makes instances; check mode makes none"}
        try:
            return result | {"changed": False} | self._run(phase, variables, Display().display)
        except CheckFailedError as error:
            return result | {"failed": True, "changed": False, "msg": str(error)}

    def _run(self, phase: str, variables: dict[str, Any], show: Callable[[str], None]) -> dict[str, Any]:
        settings = self._settings(variables)
        if phase == "begin":
            return {"report": str(phases.begin(settings, show).file)}
        report = Report.load(Path(self._task.args["report"]))
        report.show = show
        if phase == "finish":
            return self._finish(settings, report, variables, show)
        # What does not hold is in the report, and `finish` fails for it. Failing here would take the hosts out of the
        # play, and nobody would look whether anything is left on them.
        try:
            if phase == "upload":
                phases.upload(settings, report)
            elif phase == "prove":
                phases.check_synchronised(settings, report, self._registered(variables, "synchronised"))
                phases.prove(settings, report)
            elif phase == "limits":
                phases.check_limits(settings, report, self._states(variables, "after"))
            else:
                return {"passed": report.passed, "removed": phases.remove(settings, report)}
        except Exception as error:
            if report.passed:  # it happened between two steps
                with suppress(Exception), report.step(phase):
                    raise error
        return {"passed": report.passed, "removed": []}

    def _finish(
        self, settings: phases.Settings, report: Report, variables: dict[str, Any], show: Callable[[str], None]
    ) -> dict[str, Any]:
        """Compares the hosts, shows the table and fails when any step of the run failed."""
        if not settings.keep:
            before, after = (self._states(variables, argument) for argument in ("before", "after"))
            with suppress(CheckFailedError):
                phases.compare_hosts(report, variables["ansible_play_hosts_all"], before, after)
        show("\n" + phases.summary(report))
        failed = [step for step in report.steps if not step.passed]
        if failed:
            raise CheckFailedError(failed[0].expected or "no error", failed[0].seen)
        return {"report": str(report.file), "seconds": round(report.seconds, 1), "figures": report.figures}

    def _registered(self, variables: dict[str, Any], argument: str) -> dict[str, dict[str, Any]]:
        """Returns what each host registered under the variable that an argument names."""
        name, hostvars = self._task.args[argument], variables["hostvars"]
        return {host: hostvars[host].get(name) or {} for host in variables["ansible_play_hosts_all"]}

    def _states(self, variables: dict[str, Any], argument: str) -> dict[str, dict[str, Any]]:
        """Returns the states that hosts registered; a host that could not be looked at is left out."""
        found = self._registered(variables, argument)
        return {host: result["state"] for host, result in found.items() if "state" in result}

    def _settings(self, variables: dict[str, Any]) -> phases.Settings:
        def value(name: str) -> Any:
            return value_of(self, variables, name)

        return phases.Settings(
            clouds_file=Path(str(value("nai_clouds_file"))),
            state_directory=Path(str(value("nai_state_dir"))),
            compute_hosts=tuple(variables["groups"].get("compute", [])),
            image=str(value("verify_image") or ""),
            flavor=str(value("verify_flavor")),
            network_cidr=str(value("verify_network_cidr")),
            external_network=str(value("cloud_external_network_name")),
            timeout_seconds=float(value("verify_timeout_seconds")),
            keep=bool(value("verify_keep")),
        )
