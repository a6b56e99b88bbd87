# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Writes what a run in check mode would change, instead of showing it."""

from __future__ import annotations

DOCUMENTATION = r"""
name: plan_events
type: stdout
short_description: Changes of a run in check mode as JSON lines
description:
  - Used by M(nubomedia.nai.plan). Shows nothing; writes one JSON object per line to the file that E(NAI_PLAN_EVENTS)
    names, with the names of what would change and never with contents, so no secret gets there.
version_added: 0.1.0
author: The NAI authors
options:
  events_file:
    description: Where the events are written.
    type: path
    required: true
    env:
      - name: NAI_PLAN_EVENTS
"""

EXAMPLES = r"""
name: What a run would change, as events
command: >-
  env ANSIBLE_STDOUT_CALLBACK=nubomedia.nai.plan_events NAI_PLAN_EVENTS=events.jsonl
  ansible-playbook --check --diff site.yml
"""

import json  # noqa: E402
import re  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from ansible.plugins.callback import CallbackBase  # noqa: E402
from ansible_collections.nubomedia.nai.plugins.plugin_utils import package  # noqa: E402, F401  # makes nai importable

from nai.installer.plan import effects_of  # noqa: E402

CENSORED = "the task is secret"
WITHOUT_PYTHON = "without_python"
"""The group of hosts that a dry run leaves without a Python for modules (role target_python)."""


class CallbackModule(CallbackBase):  # type: ignore[misc]  # Ansible publishes no types
    """Writes the events."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "nubomedia.nai.plan_events"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Opens nothing yet: options are not read at this point."""
        super().__init__(*args, **kwargs)
        self._stage = ""
        self._seen: set[tuple[str, str]] = set()

    def _write(self, event: str, **values: Any) -> None:
        with Path(self.get_option("events_file")).open("a") as stream:
            stream.write(json.dumps({"event": event, **values}, default=str) + "\n")

    def v2_playbook_on_play_start(self, play: Any) -> None:
        """A play begins."""
        self._stage = play.get_name().strip().partition(" | ")[0].lower()
        self._write("stage", name=self._stage)

    def v2_runner_on_ok(self, result: Any) -> None:
        """A task would change something, or nothing."""
        host, values = result._host.get_name(), result._result
        for finding in values.get("findings") or []:
            if finding["check"] != "reachable":
                text = finding["text"].removeprefix(f"{finding['host']}: ")
                self._write("warning", host=finding["host"], text=text)
        if values.get("add_group") == WITHOUT_PYTHON:
            self._write("without_python", host=host)
        effects = []
        if values.get("changed") and "ansible_facts" not in values:
            effects = [[item.kind, item.names] for item in effects_of(_name(result._task), values)]
        if effects or (self._stage, host) not in self._seen:
            self._seen.add((self._stage, host))
            self._write("result", stage=self._stage, host=host, effects=effects)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        """A task failed."""
        if not ignore_errors:
            reason = CENSORED if result._task.no_log else str(result._result.get("msg", "no reason given"))
            host = result._host.get_name()
            self._write("failed", stage=self._stage, host=host, task=_name(result._task), reason=reason)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        """A host cannot be reached."""
        text = " ".join(str(result._result.get("msg", "no reason given")).split())
        # What ssh itself says stands at the end of Ansible's sentences about it.
        reason = re.sub(r".*\b(?:over|via) ssh: ", "", text)
        self._write("unreachable", stage=self._stage, host=result._host.get_name(), reason=reason)


def _name(task: Any) -> str:
    """Name of a task without that of its role, which Ansible puts before it."""
    return str(task.get_name()).rpartition(" : ")[2].strip()
