"""What the stand-ins share: what is installed, the record of their calls, and the interruptions asked for.

A host's state lies in `/var/lib/stand-ins` below the root (`STAND_INS_ROOT` names another one, for unit tests):
`packages.json` what is installed, `calls.jsonl` one line per call, `interruption.json` the call that does not end as it
should.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(os.environ.get("STAND_INS_ROOT", "/"))
STATE = ROOT / "var/lib/stand-ins"
PACKAGES = STATE / "packages.json"
CALLS = STATE / "calls.jsonl"
INTERRUPTION = STATE / "interruption.json"
HANG_SECONDS = 3


def below_root(path: str) -> Path:
    """Returns a path of the host as this process sees it."""
    return ROOT / path.lstrip("/")


def write(path: Path, text: str, mode: int = 0o644) -> None:
    """Replaces a file in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    new.write_text(text)
    new.chmod(mode)
    new.replace(path)


@contextlib.contextmanager
def locked() -> Iterator[None]:
    """One stand-in at a time; the lock goes with the process."""
    STATE.mkdir(parents=True, exist_ok=True)
    with (STATE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def record(program: str, arguments: list[str]) -> None:
    """Notes a call."""
    STATE.mkdir(parents=True, exist_ok=True)
    with CALLS.open("a") as calls:
        calls.write(json.dumps({"program": program, "arguments": arguments}) + "\n")


class Interruption:
    """Ends this call, and who made it, where a test wants that.

    `interruption.json` holds `call` (beginning of the command line), `when` (`before` anything was done, in the
    `middle`, `after` all was done) and `how` (`fail`: exit code 1; `kill`: SIGKILL to the caller and to this process,
    which is what a crash looks like to whoever comes after; `hang`: goes on after some seconds). It is used up by the
    call that it meets.
    """

    def __init__(self, program: str, arguments: list[str]) -> None:
        """Reads what a test asked for."""
        self.plan: dict[str, str] = json.loads(INTERRUPTION.read_text()) if INTERRUPTION.exists() else {}
        line = " ".join([program, *arguments])
        if not self.plan or not line.startswith(self.plan["call"]):
            self.plan = {}

    def at(self, when: str) -> None:
        """Ends the process if this is the moment."""
        if self.plan.get("when") != when:
            return
        INTERRUPTION.unlink()
        sys.stdout.flush()
        if self.plan["how"] == "hang":
            time.sleep(HANG_SECONDS)
            return
        if self.plan["how"] == "kill":
            os.kill(os.getppid(), signal.SIGKILL)
            os.kill(os.getpid(), signal.SIGKILL)
        fail("interrupted by a test")


def fail(*lines: str, code: int = 1) -> NoReturn:
    """Ends the process with an error."""
    sys.stderr.write("".join(f"{line}\n" for line in lines))
    sys.exit(code)


class Packages:
    """The RPM database: `name` → description as in a repository's index."""

    def __init__(self) -> None:
        """Reads it."""
        self.by_name: dict[str, dict[str, Any]] = json.loads(PACKAGES.read_text()) if PACKAGES.exists() else {}

    def save(self) -> None:
        """Writes it."""
        write(PACKAGES, json.dumps(self.by_name, indent=1, sort_keys=True))

    def needed_by(self, name: str) -> list[str]:
        """Returns the names of what requires a package."""
        return sorted(other for other, package in self.by_name.items() if name in package.get("requires", []))

    def erase(self, name: str, interruption: Interruption) -> None:
        """Removes a package and its files, then its entry, as rpm does."""
        files = sorted(self.by_name[name].get("files", {}), reverse=True)
        for number, path in enumerate(files):
            if number == len(files) // 2:
                interruption.at("middle")
            remove(below_root(path))
        del self.by_name[name]
        self.save()

    def unpack(self, package: dict[str, Any], interruption: Interruption) -> None:
        """Writes a package's files, then its entry; files of the version before go last."""
        name, files = package["name"], package.get("files", {})
        for account in package.get("accounts", ()):
            make_account(account)
        before = self.by_name.get(name, {}).get("files", {})
        for number, path in enumerate(sorted(files)):
            if number == len(files) // 2:
                interruption.at("middle")
            unpack_file(below_root(path), files[path], keep=path.startswith("/etc/"))
        for path in set(before) - set(files):
            remove(below_root(path))
        self.by_name[name] = package
        self.save()


def unpack_file(path: Path, description: dict[str, Any], *, keep: bool) -> None:
    """Writes one file: `text`, `link` (target of a symbolic link), or `directory`; `mode` in octal digits.

    Args:
        path: where.
        description: what.
        keep: configuration that is there stays as it is.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if keep and path.exists():
        return
    if "directory" in description:
        path.mkdir(exist_ok=True)
    elif "link" in description:
        path.unlink(missing_ok=True)
        path.symlink_to(description["link"])
    else:
        write(path, description.get("text", ""), int(description.get("mode", "644"), 8))


def remove(path: Path) -> None:
    """Removes a file, or a directory that is empty then; one that is not there is fine."""
    if path.is_symlink() or not path.is_dir():
        path.unlink(missing_ok=True)
    elif not any(path.iterdir()):
        path.rmdir()
    for directory in path.parents:
        if directory == ROOT or not directory.exists() or any(directory.iterdir()):
            return
        directory.rmdir()


def remove_tree(path: Path) -> None:
    """Removes a directory with all that is in it, or a file."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def make_account(name: str) -> None:
    """Makes a system user with a group of its own, as packages do before they are unpacked."""
    known = subprocess.run(["getent", "passwd", name], stdout=subprocess.DEVNULL, check=False)  # noqa: S603, S607
    if known.returncode:
        subprocess.run(["useradd", "--system", "--user-group", name], check=True)  # noqa: S603, S607
