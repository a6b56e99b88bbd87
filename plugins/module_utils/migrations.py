# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Commands, and the note that all of them succeeded."""

from __future__ import annotations

import glob
import hashlib
import json
import os
import pwd
import shlex
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ansible_collections.nubomedia.nai.plugins.module_utils import files

SHOWN_LINES = 20


class CommandError(Exception):
    """A command failed; the message holds the command, its code and its last lines."""


@dataclass(frozen=True)
class Command:
    """One command, with the options of `migration.commands`."""

    argv: list[str]
    user: str | None = None
    environment: Mapping[str, Any] = field(default_factory=dict, repr=False)
    stdin: str | None = field(default=None, repr=False)
    ok_codes: tuple[int, ...] = (0,)
    timeout_seconds: int = 900

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> Command:
        """Reads the module's option."""
        return cls(**{**entry, "ok_codes": tuple(entry.get("ok_codes") or (0,))})

    def __str__(self) -> str:
        """As a person would type it, without environment and input."""
        line = shlex.join(self.argv)
        return f"{line} (as {self.user})" if self.user else line

    def run(self) -> None:
        """Runs it without a shell and without a terminal.

        Raises:
            CommandError: it is missing, took too long, or ended with another code than those that mean success.
        """
        try:
            account = pwd.getpwnam(self.user) if self.user else pwd.getpwuid(os.geteuid())
            identity: dict[str, Any] = {}
            if self.user and account.pw_uid != os.geteuid():
                groups = os.getgrouplist(account.pw_name, account.pw_gid)
                identity = _identity(account, groups)
            done = subprocess.run(  # noqa: S603  # what the playbook names
                self.argv,
                input=self.stdin or "",
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=self._environment(account),
                cwd="/",
                timeout=self.timeout_seconds,
                encoding="utf-8",
                errors="replace",
                check=False,
                **identity,
            )
        except KeyError:
            raise CommandError(f"{self}: the host has no user {self.user}; install its package first.") from None
        except OSError as error:
            raise CommandError(f"{self}: {error.strerror}; install the package that brings it.") from error
        except subprocess.TimeoutExpired as error:
            raise CommandError(
                f"{self}: not done after {self.timeout_seconds} s, killed. {_tail(error.output)}"
            ) from error
        if done.returncode not in self.ok_codes:
            raise CommandError(f"{self}: ended with code {done.returncode}. {_tail(done.stdout)}")

    def _environment(self, account: pwd.struct_passwd) -> dict[str, str]:
        base = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "LANG": "C.UTF-8",
            "HOME": account.pw_dir,
            "USER": account.pw_name,
            "LOGNAME": account.pw_name,
        }
        return {**base, **{name: str(value) for name, value in self.environment.items()}}


@dataclass(frozen=True)
class Stamp:
    """The note of a migration's last complete run.

    Attributes:
        path: its file.
    """

    path: str

    def read(self) -> str | None:
        """Returns the fingerprint of the last complete run; None when there was none, or the note is damaged."""
        try:
            note = json.loads(Path(self.path).read_bytes())
        except (OSError, ValueError):
            return None
        return str(note.get("fingerprint")) if isinstance(note, dict) else None

    def write(self, digest: str, version: str) -> None:
        """Notes a complete run."""
        folder, owner = Path(self.path).parent, (os.geteuid(), os.getegid())
        if not folder.is_dir():
            files.make_directory(str(folder), files.Attributes(*owner, 0o755))
        note = {
            "fingerprint": digest,
            "package_version": version,
            "completed": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        }
        files.replace(self.path, f"{json.dumps(note, indent=2)}\n".encode(), files.Attributes(*owner, 0o600))

    def remove(self) -> None:
        """Forgets it."""
        files.remove(self.path)


def fingerprint(text: str, version: str, commands: list[Command]) -> str:
    """Returns a digest of what decides whether the commands have to run again.

    Args:
        text: what the task gives.
        version: version of the package.
        commands: their arguments and users count; environment and input, which may hold secrets, do not.
    """
    parts = [text, version, *([command.user, *command.argv] for command in commands)]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def package_version(name: str) -> str:
    """Returns the version of an installed Debian package; an empty text when it is not installed."""
    try:
        done = subprocess.run(  # noqa: S603  # the name of a package, behind `--`
            ["/usr/bin/dpkg-query", "--show", "--showformat=${db:Status-Status} ${Version}", "--", name],
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return ""
    status, _, version = done.stdout.partition(" ")
    return version if done.returncode == 0 and status == "installed" else ""


def _identity(account: pwd.struct_passwd, groups: list[int]) -> dict[str, Any]:
    """Returns the options of `subprocess.run` that make a command run as a user."""
    if sys.version_info >= (3, 9):  # noqa: UP036  # the host's Python, not the control host's
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": groups}

    def become() -> None:
        os.setgroups(groups)
        os.setgid(account.pw_gid)
        os.setuid(account.pw_uid)

    return {"preexec_fn": become}


def exists(pattern: str) -> bool:
    """Tells whether a path, or anything that a glob matches, exists."""
    return bool(glob.glob(pattern))  # noqa: PTH207  # the pattern is absolute


def _tail(output: Any) -> str:
    text = output.decode(errors="replace") if isinstance(output, bytes) else output or ""
    lines = text.strip().splitlines()[-SHOWN_LINES:]
    return "\n".join(["Its last lines:", *(f"  {line}" for line in lines)]) if lines else "It wrote nothing."
