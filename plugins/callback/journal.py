# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Journal of a run, and the seconds of its stages."""

from __future__ import annotations

DOCUMENTATION = r"""
name: journal
type: notification
short_description: Journal of a run as JSON lines, and a table of stages with seconds
description:
  - Writes one JSON object per line to C(STATE_DIR/journal/YYYYMMDDTHHMMSSZ-PID.jsonl), mode 0600, line by line, so that
    a killed run leaves all it did. Neither arguments nor results of tasks are written, hence no secrets.
  - The last lines printed by a run are a table of its stages. A stage is the part of a play's name before C( | ); its
    seconds are those from the start of each of its plays to the start of the next one.
  - A journal that cannot be written is told once, as a warning, and never disturbs the run.
  - "Every line has C(event) and C(time) (seconds since 1970, UTC). Further keys by event:"
  - "C(run): C(format) (1; a higher number when a key changes its meaning), C(playbook), C(pid), C(check_mode),
    C(limit), C(tags)."
  - "C(play): C(stage), C(name), C(hosts) (pattern)."
  - "C(task): C(stage), C(host), C(task), C(action), C(seconds), C(changed), C(status). C(status) is V(ok), V(failed),
    V(ignored) (failed, but the run goes on), V(skipped) or V(unreachable). A loop is one line; a task that is retried
    is one line."
  - "C(stage): C(stage), C(seconds), C(changed), C(failed) (numbers of task results); written when the run ends."
  - "C(end): C(seconds), C(changed), C(failed), C(hosts) (by name: ok, changed, failed, unreachable, skipped). Missing
    when the run was killed."
version_added: 0.1.0
author: The NAI authors
requirements:
  - C(callbacks_enabled = nubomedia.nai.journal) in the configuration
options:
  state_dir:
    description: Folder for the state of the control host; without it, C(.nai) beside C(ansible.cfg) or in the checkout.
    type: path
    env:
      - name: NAI_STATE_DIR
    ini:
      - section: callback_journal
        key: state_dir
  keep:
    description: How many journals are kept; older ones are removed.
    type: int
    default: 100
    env:
      - name: NAI_JOURNAL_KEEP
    ini:
      - section: callback_journal
        key: keep
"""

EXAMPLES = r"""
name: List what took longest
command: jq -r 'select(.event == "task") | [.seconds, .host, .task] | @tsv' .nai/journal/*.jsonl | sort -rn | head
"""

import functools  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from ansible import constants, context  # noqa: E402
from ansible.plugins.callback import CallbackBase  # noqa: E402
from ansible_collections.nubomedia.nai.plugins.plugin_utils.package import ROOT  # noqa: E402
from ansible_collections.nubomedia.nai.plugins.plugin_utils.stages import Stages  # noqa: E402

FORMAT = 1


def _harmless(method: Callable[..., None]) -> Callable[..., None]:
    """Turns an error of the journal into one warning: the run matters more."""

    @functools.wraps(method)
    def wrapper(self: CallbackModule, *args: Any, **kwargs: Any) -> None:
        if self.broken:
            return
        try:
            method(self, *args, **kwargs)
        except Exception as error:  # noqa: BLE001
            self.broken = True
            self._display.warning(f"The journal of this run ends here: {error}")

    return wrapper


class CallbackModule(CallbackBase):  # type: ignore[misc]  # Ansible publishes no types
    """Writes the journal."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "nubomedia.nai.journal"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Opens nothing yet: a plugin is also loaded to be listed."""
        super().__init__(*args, **kwargs)
        self.broken = False
        self.path: Path | None = None
        self._file = -1
        self._stages = Stages()
        self._stage = ""
        self._begins: dict[tuple[str, str], float] = {}

    @_harmless
    def v2_playbook_on_start(self, playbook: Any) -> None:
        """A playbook begins; several may be named on one command line."""
        self._open()
        arguments = context.CLIARGS
        self._write(
            "run",
            format=FORMAT,
            playbook=os.path.basename(playbook._file_name),  # noqa: PTH119
            pid=os.getpid(),
            check_mode=bool(arguments.get("check")),
            limit=arguments.get("subset"),
            tags=list(arguments.get("tags") or ()),
        )

    @_harmless
    def v2_playbook_on_play_start(self, play: Any) -> None:
        """A play begins, which ends the one before."""
        name = play.get_name().strip()
        self._stage = self._stages.begin(name, time.monotonic())
        self._write("play", stage=self._stage, name=name, hosts=",".join(map(str, play.hosts)))

    @_harmless
    def v2_playbook_on_no_hosts_matched(self) -> None:
        """The inventory has no host for the play, for instance because it belongs to another release."""
        self._stages.forget_running()

    @_harmless
    def v2_runner_on_start(self, host: Any, task: Any) -> None:
        """A task begins on a host."""
        self._begins[host.get_name(), task._uuid] = time.monotonic()

    @_harmless
    def v2_runner_on_ok(self, result: Any) -> None:
        """A task succeeded on a host."""
        self._note(result, "ok")

    @_harmless
    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        """A task failed on a host."""
        self._note(result, "ignored" if ignore_errors else "failed")

    @_harmless
    def v2_runner_on_skipped(self, result: Any) -> None:
        """A task does not apply to a host."""
        self._note(result, "skipped")

    @_harmless
    def v2_runner_on_unreachable(self, result: Any) -> None:
        """A host cannot be reached."""
        self._note(result, "ignored" if result.task.ignore_unreachable else "unreachable")

    @_harmless
    def v2_playbook_on_stats(self, stats: Any) -> None:
        """The run is over."""
        self._stages.end(time.monotonic())
        for stage in self._stages:
            self._write(
                "stage",
                stage=stage.name,
                seconds=round(stage.seconds, 3),
                changed=stage.changed,
                failed=stage.failed,
            )
        total = self._stages.total
        hosts = {host: _summary(stats.summarize(host)) for host in sorted(stats.processed)}
        self._write("end", seconds=round(total.seconds, 3), changed=total.changed, failed=total.failed, hosts=hosts)
        os.close(self._file)
        if table := self._stages.table():
            self._display.display(f"\n{table}\n")

    def _note(self, result: Any, status: str) -> None:
        host, task = result.host.get_name(), result.task
        begin = self._begins.pop((host, task._uuid), None)
        # Only this one key is read: the rest of a result may hold secrets.
        changed = bool(result.result.get("changed")) and status != "skipped"
        self._stages.count(self._stage, changed=changed, failed=status in ("failed", "unreachable"))
        self._write(
            "task",
            stage=self._stage,
            host=host,
            task=task.get_name().strip(),
            action=task.action,
            seconds=round(time.monotonic() - begin, 3) if begin else 0.0,
            changed=changed,
            status=status,
        )

    def _open(self) -> None:
        """Makes the journal's file; the second playbook of a run goes on in it."""
        if self.path:
            return
        folder = self._folder()
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        journals = sorted(folder.glob("*.jsonl"))
        for old in journals[: max(0, len(journals) + 1 - int(self.get_option("keep")))]:
            old.unlink(missing_ok=True)
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        self.path = folder / f"{stamp}-{os.getpid()}.jsonl"
        self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)

    def _folder(self) -> Path:
        chosen = self.get_option("state_dir")
        beside = Path(constants.CONFIG_FILE).parent if constants.CONFIG_FILE else ROOT
        return (Path(chosen) if chosen else beside / ".nai") / "journal"

    def _write(self, event: str, **values: Any) -> None:
        line = json.dumps({"event": event, "time": round(time.time(), 3), **values}, default=str)
        os.write(self._file, f"{line}\n".encode())  # not buffered: a killed run leaves all it did


def _summary(counts: dict[str, int]) -> dict[str, int]:
    keys = {"ok": "ok", "changed": "changed", "failures": "failed", "unreachable": "unreachable", "skipped": "skipped"}
    return {name: counts.get(key, 0) for key, name in keys.items()}
