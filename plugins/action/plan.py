# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Runs site.yml in check mode as a child and puts together what it would change."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from ansible import context
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.nubomedia.nai.plugins.plugin_utils.package import ROOT
from ansible_collections.nubomedia.nai.plugins.plugin_utils.variables import value_of

from nai.installer.inventory import Inventory
from nai.installer.plan import Plan, as_dict, as_text, plan_of

SITE = ROOT / "site.yml"
UNREACHABLE_TIMEOUT_SECONDS = 5
MOST_FORKS = 50


class ActionModule(ActionBase):  # type: ignore[misc]  # Ansible publishes no types
    """Shows the plan and writes it to a file; fails when the run would fail."""

    _supports_check_mode = True
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Runs the child."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        variables = task_vars or {}
        with tempfile.TemporaryDirectory(prefix="nai-plan-") as folder:
            events = Path(folder) / "events.jsonl"
            done = subprocess.run(  # noqa: S603  # our own arguments
                self._command(variables),
                env=self._environment(events),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
            lines = events.read_text().splitlines() if events.exists() else []
        plan = plan_of(json.loads(line) for line in lines)
        if not plan.stages:
            said = " ".join((done.stderr or done.stdout).split())[-2000:]
            return result | {"failed": True, "msg": f"ansible-playbook ended with {done.returncode}: {said}"}
        plan.only_stages(_stages_of(variables))
        report = self._write(plan, Path(str(value_of(self, variables, "nai_state_dir"))) / "reports")
        Display().display("\n" + as_text(plan) + f"\nreport: {report}")
        result |= {"changed": False, "report": str(report), "changes": plan.changes}
        if plan.failures:
            result |= {
                "failed": True,
                "msg": f"the run would fail at {len(plan.failures)} tasks, shown above as failure",
            }
        return result

    def _command(self, variables: dict[str, Any]) -> list[str]:
        """The child gets the inventories, limits, tags and variables of this run."""
        arguments = context.CLIARGS
        command = [sys.executable, "-m", "ansible", "playbook", "--check", "--diff", str(SITE)]
        for source in variables.get("ansible_inventory_sources") or []:
            command += ["--inventory", str(source)]
        for option, name in (
            ("--extra-vars", "extra_vars"),
            ("--tags", "tags"),
            ("--skip-tags", "skip_tags"),
            ("--vault-id", "vault_ids"),
            ("--vault-password-file", "vault_password_files"),
        ):
            for value in arguments.get(name) or ():
                command += [option, str(value)]
        for option, name in (("--limit", "subset"), ("--user", "remote_user")):
            if arguments.get(name):
                command += [option, str(arguments[name])]
        # All hosts at once: those that do not answer then cost one timeout, and not one for every twenty.
        forks = max(int(arguments.get("forks") or 0), min(len(variables.get("groups", {}).get("nai", ())), MOST_FORKS))
        return [*command, "--forks", str(forks or 1)]

    def _environment(self, events: Path) -> dict[str, str]:
        return {
            **os.environ,
            "ANSIBLE_STDOUT_CALLBACK": "nubomedia.nai.plan_events",
            "ANSIBLE_TIMEOUT": os.environ.get("ANSIBLE_TIMEOUT", str(UNREACHABLE_TIMEOUT_SECONDS)),
            "NAI_PLAN_EVENTS": str(events),
            "NAI_PLAN": "1",
        }

    def _write(self, plan: Plan, directory: Path) -> Path:
        directory.mkdir(parents=True, exist_ok=True)
        file = directory / f"plan-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
        file.write_text(json.dumps(as_dict(plan), indent=2) + "\n")
        return file


def _stages_of(variables: dict[str, Any]) -> Iterator[str]:
    """The stages of site.yml that concern a host of the inventory, in their order.

    A release does without the stages of another one; they are no part of its plan.
    """
    inventory = Inventory(variables.get("ansible_inventory_sources") or [])
    limit = context.CLIARGS.get("subset")
    for entry in yaml.safe_load(SITE.read_text()):
        path = SITE.parent / entry["ansible.builtin.import_playbook"]
        if any(inventory.hosts_of(play["hosts"], limit) for play in yaml.safe_load(path.read_text())):
            yield path.stem
