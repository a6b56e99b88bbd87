# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Evaluates the facts of all hosts at once, on the control host."""

from __future__ import annotations

import os
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase
from ansible_collections.nubomedia.nai.plugins.plugin_utils.variables import value_of

from nai.installer.precheck import Host, Needs, Severity, check_platform, one_line_each
from nai.installer.release import Release
from nai.installer.schema import schema

ADDRESSES = ("nai_management_address", "nai_tunnel_address", "nai_external_address")

# playbooks/plan.yml sets it: a plan names what stops the installation and goes on.
PLAN_ENVIRONMENT = "NAI_PLAN"


class ActionModule(ActionBase):  # type: ignore[misc]  # Ansible publishes no types
    """Reads `nai_host` of every host from hostvars and fails with all findings."""

    _supports_check_mode = True
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Runs the action."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        variables = task_vars or {}
        hosts = self._hosts(variables)
        findings = check_platform(hosts, self._needs(variables))
        errors = [item for item in findings if item.severity is Severity.ERROR]
        warnings = [item for item in findings if item.severity is Severity.WARNING]
        if os.environ.get(PLAN_ENVIRONMENT):
            warnings, errors = findings, []
        result |= {
            "changed": False,
            "warnings": one_line_each(warnings),
            "findings": [{"host": item.host, "check": item.check, "text": str(item)} for item in findings],
        }
        if errors:
            lines = one_line_each(errors)
            many = f"{len(lines)} things have" if len(lines) > 1 else "One thing has"
            result |= {
                "failed": True,
                "msg": f"{many} to be put right before anything is installed:\n  " + "\n  ".join(lines),
            }
        return result

    def _hosts(self, variables: dict[str, Any]) -> list[Host]:
        """Returns every host of the inventory; those that the play lost have no facts."""
        hostvars = variables["hostvars"]
        release = Release.named(str(value_of(self, variables, "nai_release")))
        answering = set(variables["ansible_play_hosts"])
        found = []
        for name in variables["ansible_play_hosts_all"]:
            own = hostvars[name]
            # Facts of a host that did not answer now may come from the cache: they say nothing about today.
            facts = own.get("nai_host", own.get("ansible_facts", {}).get("nai_host")) if name in answering else None
            addresses = {key: str(self._templar.template(own[key])) for key in ADDRESSES if own.get(key)}
            found.append(
                Host(
                    name,
                    release.groups_of(group for group, members in variables["groups"].items() if name in members),
                    facts,
                    addresses,
                    "" if name in answering else "it cannot be reached or its facts cannot be read, see above",
                )
            )
        return found

    def _needs(self, variables: dict[str, Any]) -> Needs:
        if "nai_release_facts" not in variables:
            raise AnsibleError("nai_release_facts is not set: load playbooks/releases/<release>.yml by vars_files")
        return Needs(
            release=self._templar.template(variables["nai_release_facts"]),
            memory_mb=value_of(self, variables, "precheck_memory_mb"),
            disk_gb=value_of(self, variables, "precheck_disk_gb"),
            docker_disk_gb=float(value_of(self, variables, "precheck_docker_disk_gb")),
            clock_skew_seconds=float(value_of(self, variables, "precheck_clock_skew_seconds")),
            external_interface=self._of_controller(variables, "nai_external_interface"),
            datapath=self._datapath(variables),
            ignored=frozenset(value_of(self, variables, "precheck_ignored")),
        )

    def _of_controller(self, variables: dict[str, Any], name: str) -> str:
        """The value of one of the controller's own variables; empty when it is not set."""
        controller = next(iter(variables["groups"].get("controller", ())), None)
        own = variables["hostvars"][controller] if controller else {}
        return str(self._templar.template(own[name])) if own.get(name) else ""

    def _datapath(self, variables: dict[str, Any]) -> str:
        declared = schema().variables["openvswitch_datapath"]
        applies = declared.applies_to(*(str(value_of(self, variables, name)) for name in ("nai_mode", "nai_release")))
        return str(value_of(self, variables, declared.name)) if applies else ""
