# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""systemd as the modules see it: all units in one `systemctl show`, commands on many units at once."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Protocol


class Run(Protocol):
    """Runs a command; returns its exit code, output and error output."""

    def __call__(self, argv: list[str], /) -> tuple[int, str, str]:
        """Runs it."""


_PROPERTIES = (
    "Id,LoadState,LoadError,ActiveState,SubState,UnitFileState,FragmentPath,SourcePath,DropInPaths,EnvironmentFiles,"
    "NeedDaemonReload,InactiveExitTimestamp,InactiveExitTimestampMonotonic,ActiveEnterTimestampMonotonic,"
    "Type,RemainAfterExit,Result,ExecMainStatus,NRestarts,Job"
)
_SUFFIX = re.compile(r"\.(service|socket|timer|target|path|mount|automount|swap|slice|scope|device)$")
# Rewritten at every daemon-reload, or at every start: their times say nothing about configuration.
_VOLATILE = re.compile(r"^/run/|^/dev/")


class SystemdError(Exception):
    """systemd refused; the message is what it said."""


@dataclass(frozen=True)
class Unit:
    """A unit at one moment, with systemd's own names for states.

    Attributes:
        name: as it was asked for, with its suffix.
        properties: what `systemctl show` said.
        environment_files: files that set its environment.
    """

    name: str
    properties: Mapping[str, str]
    environment_files: tuple[str, ...] = ()

    def __getattr__(self, name: str) -> str:
        """Returns a property by its Python name: `active_state` is ActiveState."""
        if name.startswith("_"):
            raise AttributeError(name)
        return self.properties.get("".join(word.title() for word in name.split("_")), "")

    @property
    def is_known(self) -> bool:
        """Whether systemd has a unit of this name; masked ones count."""
        return self.load_state not in ("not-found", "")

    @property
    def is_masked(self) -> bool:
        """It is linked to /dev/null and cannot be started."""
        return self.load_state == "masked"

    @property
    def is_up(self) -> bool:
        """It runs, starts, or is between two tries of its `Restart=`."""
        return self.active_state in ("active", "activating", "reloading", "refreshing")

    @property
    def needs_daemon_reload(self) -> bool:
        """Its files changed since systemd read them."""
        return self.properties.get("NeedDaemonReload") == "yes"

    @property
    def has_job(self) -> bool:
        """A start or stop is queued or under way."""
        return self.properties.get("Job", "0") not in ("", "0")

    @property
    def restarts(self) -> int:
        """How often `Restart=` started it again since somebody started it."""
        return int(self.properties.get("NRestarts") or 0)

    @property
    def runs_once(self) -> bool:
        """A oneshot that is inactive again after its work."""
        return self.properties.get("Type") == "oneshot" and self.properties.get("RemainAfterExit") != "yes"

    @property
    def tells_readiness(self) -> bool:
        """Whether it is active only after its own word, not as soon as its process exists."""
        return self.properties.get("Type", "") not in ("simple", "exec", "idle")

    @property
    def started_us(self) -> int:
        """When it last began to start, in microseconds since 1970 of the present clock; 0 for never.

        The earlier of two readings: a clock that was set back after the start would otherwise hide a later change.
        """
        stamp = self.properties.get("InactiveExitTimestamp", "")
        monotonic_us = int(self.properties.get("InactiveExitTimestampMonotonic") or 0)
        if not monotonic_us:
            return 0
        ago_us = time.monotonic_ns() // 1000 - monotonic_us
        by_monotonic_us = time.time_ns() // 1000 - ago_us
        return min(wall_clock_us(stamp), by_monotonic_us) if stamp else by_monotonic_us

    @property
    def active_seconds(self) -> float:
        """For how long it has been active without a break."""
        since_us = int(self.properties.get("ActiveEnterTimestampMonotonic") or 0)
        return (time.monotonic_ns() // 1000 - since_us) / 1e6 if self.active_state == "active" else 0.0

    @property
    def files(self) -> list[str]:
        """The unit's own configuration: unit file or init script, drop-ins, environment files."""
        dropins = self.properties.get("DropInPaths", "").split()
        named = [self.properties.get("FragmentPath", ""), self.properties.get("SourcePath", ""), *dropins]
        return [path for path in (*named, *self.environment_files) if path and not _VOLATILE.match(path)]

    def describe(self) -> str:
        """State in words for an error."""
        text = f"{self.active_state} ({self.sub_state})"
        if self.is_masked:
            return "masked"
        if self.result and self.result != "success":
            text += f", result {self.result}"
        status = self.properties.get("ExecMainStatus", "")
        if status not in ("", "0"):
            text += f", exit code {status}"
        if self.restarts:
            text += f", restarted {self.restarts} times by systemd"
        return text


class Systemd:
    """Commands to the system manager.

    Args:
        run: runs a command.
    """

    def __init__(self, run: Run) -> None:
        """Keeps the runner."""
        self._run = run
        self._options = ["--timestamp=us+utc"]

    def show(self, names: Sequence[str]) -> dict[str, Unit]:
        """Returns the state of units by the names asked for, with one command."""
        if not names:
            return {}
        full = [unit_name(name) for name in names]
        code, out, err = self._run(["systemctl", "show", *self._options, f"--property={_PROPERTIES}", "--", *full])
        if code and self._options and "unrecognized option" in err:
            # systemd before 247. Its stamps have whole seconds in the host's time zone, and are not used.
            self._options = []
            return self.show(names)
        blocks = [block for block in out.strip("\n").split("\n\n") if block]
        if code or len(blocks) != len(names):
            raise SystemdError(f"systemctl show failed: {err.strip() or out.strip()}")
        trusted = bool(self._options)
        return {
            name: parse(unit, block, has_exact_stamps=trusted)
            for name, unit, block in zip(names, full, blocks)  # noqa: B905  # of one length; Python 3.8 has no `strict`
        }

    def call(self, verb: str, names: Sequence[str] = (), *options: str) -> None:
        """Runs one systemctl command on all units.

        Raises:
            SystemdError: with what systemctl said.
        """
        full = [unit_name(name) for name in names]
        code, out, err = self._run(["systemctl", *options, verb, *(["--", *full] if full else [])])
        if code:
            raise SystemdError(f"systemctl {verb} {' '.join(full)}: {(err or out).strip()}")

    def is_enabled(self, unit: Unit) -> bool:
        """Tells whether a unit starts with the host; those that cannot be enabled count as such."""
        state = unit.unit_file_state
        if state != "generated":  # of an init script: only its links tell
            return state in ("enabled", "static", "indirect", "alias", "transient")
        code, _out, _err = self._run(["systemctl", "is-enabled", "--quiet", unit.name])
        return code == 0

    def journal(self, name: str, lines: int) -> list[str]:
        """Returns the last lines that a unit wrote to the journal since boot."""
        command = [
            *("journalctl", "--boot", "--no-pager", "--quiet", "--no-hostname"),
            *("--output=short-iso", f"--lines={lines}", f"--unit={unit_name(name)}"),
        ]
        code, out, err = self._run(command)
        if code and "unrecognized option" in err:  # systemd before 230
            _code, out, _err = self._run([word for word in command if word != "--no-hostname"])
        return out.splitlines()


def unit_name(name: str) -> str:
    """Returns a unit's full name; without a suffix it is a service."""
    return name if _SUFFIX.search(name) else f"{name}.service"


def parse(name: str, block: str, *, has_exact_stamps: bool = True) -> Unit:
    """Reads one unit's block of `systemctl show`.

    Args:
        name: full name of the unit.
        block: the block.
        has_exact_stamps: its stamps are in microseconds and in UTC; others are left out.
    """
    properties: dict[str, str] = {}
    environment_files = []
    for line in block.splitlines():
        key, _, value = line.partition("=")
        # One line each, with "(ignore_errors=yes)" behind the path; systemd before 239 leaves the plural out.
        if key in ("EnvironmentFiles", "EnvironmentFile"):
            environment_files.append(value.partition(" (")[0])
        elif has_exact_stamps or key != "InactiveExitTimestamp":
            properties[key] = value
    return Unit(name, properties, tuple(path for path in environment_files if path))


def wall_clock_us(stamp: str) -> int:
    """Returns microseconds since 1970 of a stamp such as `Mon 2025-11-24 10:15:02.123456 UTC`."""
    _weekday, day, clock, _zone = stamp.split()
    form = "%Y-%m-%d %H:%M:%S.%f" if "." in clock else "%Y-%m-%d %H:%M:%S"
    moment = datetime.strptime(f"{day} {clock}", form).replace(tzinfo=timezone.utc)  # noqa: UP017  # Python 3.8 has no `UTC`
    return round(moment.timestamp() * 1_000_000)
