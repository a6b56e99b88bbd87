"""`nai testbed down`: removes everything of this checkout's testbed, then looks for it again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from nai.installer.testbed.command import CommandError, run
from nai.installer.testbed.connections import close_connections, shared_connections
from nai.installer.testbed.description import HostDescription, describe
from nai.installer.testbed.engine import Engine
from nai.installer.testbed.errors import TestbedError
from nai.installer.testbed.image import LABEL
from nai.installer.testbed.lock import ARCHIVE_LOCK, machine_lock
from nai.installer.testbed.ownership import Owner
from nai.installer.testbed.recipe import REPOSITORY
from nai.installer.testbed.status import CACHED
from nai.installer.testbed.steps import Steps


@dataclass(frozen=True)
class Finding:
    """One thing that was looked for after the removal.

    Attributes:
        what: What and how.
        left: What was found.
    """

    what: str
    left: tuple[str, ...]


@dataclass(frozen=True)
class Down:
    """One run of the command.

    Attributes:
        owner: Whose testbed.
        engine: The engine.
        steps: Where progress goes.
        purge: Whether the cache that checkouts share goes too.
    """

    owner: Owner
    engine: Engine
    steps: Steps
    purge: bool = False

    def run(self) -> list[Finding]:
        """Removes the testbed.

        Returns:
            What was looked for afterwards, and what of it is left.

        Raises:
            TestbedError: The engine does not start or does not remove something.
        """
        hosts = self._hosts()
        addresses = [str(host.addresses["management"]) for host in hosts]
        has_engine = shutil.which("dockerd") is not None
        if has_engine:
            with self.steps.step("engine") as step:
                if outcome := self.engine.ensure_running():
                    step.did(outcome)
            with self.steps.step("hosts") as step:
                self._count(step.did, "shared connections closed", close_connections(addresses))
                self._remove("container", "rm", "--force", "--volumes", done=step.did)
            with self.steps.step("volumes") as step:
                self._remove("volume", "volume", "rm", done=step.did)
            with self.steps.step("networks") as step:
                self._remove("network", "network", "rm", done=step.did)
        with self.steps.step("files") as step:
            removed = [str(path.relative_to(self.owner.root)) for path in self.files(hosts) if _remove_path(path)]
            if removed:
                step.did(f"removed: {', '.join(removed)}")
        if self.purge:
            with self.steps.step("shared cache") as step, machine_lock(self.steps.console.print, ARCHIVE_LOCK):
                self._purge(step.did, has_engine)
        return self._look(hosts, addresses, has_engine)

    def _hosts(self) -> tuple[HostDescription, ...]:
        """Returns the hosts of the inventory; a broken inventory must not keep the testbed alive."""
        try:
            return describe(self.owner.inventory).hosts
        except TestbedError as error:
            self.steps.console.print(f"going on without the inventory: {error}", highlight=False, markup=False)
            return ()

    def files(self, hosts: Sequence[HostDescription]) -> list[Path]:
        """Returns the paths that a testbed leaves in its checkout, and a cloud that was on it."""
        private = self.owner.root / ".nai"
        facts = [private / "facts" / host.name for host in hosts]
        credentials = private / "credentials" / self.owner.inventory.name
        return [self.owner.state, self.owner.prefix_file, credentials, *facts]

    def _remove(self, kind: str, *command: str, done: Callable[[str], None]) -> None:
        names = self.engine.names(kind, self.owner.label)
        if names:
            self.engine(*command, *names)
            done(f"removed: {', '.join(names)}")

    @staticmethod
    def _count(done: Callable[[str], None], what: str, number: int) -> None:
        if number:
            done(f"{number} {what}")

    def _purge(self, done: Callable[[str], None], has_engine: bool) -> None:
        if has_engine:
            used = []
            for tag in self._image_tags():
                try:
                    self.engine("image", "rm", tag)
                except CommandError:
                    used.append(tag)
            if used:
                done(f"kept, another checkout's hosts use them: {', '.join(used)}")
        for name in (*CACHED, "build"):
            if _remove_path(self.owner.cache / name):
                done(f"removed: {self.owner.cache / name}")

    def _image_tags(self) -> list[str]:
        listing = self.engine("image", "ls", "--filter", f"label={LABEL}", "--format", "{{.Repository}}:{{.Tag}}")
        return [tag for tag in listing.split() if tag.startswith(f"{REPOSITORY}/")]

    def _look(self, hosts: Sequence[HostDescription], addresses: list[str], has_engine: bool) -> list[Finding]:
        """Looks again, by other ways than those of the removal where there are some."""
        prefix = self.owner.name("")
        links = [link["ifname"] for link in json.loads(run(["ip", "-json", "link", "show"]))]
        rules = run(["iptables-save"]).splitlines() if shutil.which("iptables-save") else []
        connections = shared_connections(addresses) if shutil.which("ss") else set()
        findings = [
            Finding(f"network interfaces {prefix}*", tuple(name for name in links if name.startswith(prefix))),
            Finding(f"firewall rules that name {prefix}*", tuple(rule for rule in rules if prefix in rule)),
            Finding(f"SSH connections to {', '.join(addresses) or 'its hosts'}", tuple(map(str, sorted(connections)))),
            Finding(
                "files: " + ", ".join(str(path.relative_to(self.owner.root)) for path in self.files(hosts)),
                tuple(str(path) for path in self.files(hosts) if path.exists()),
            ),
        ]
        if has_engine:
            listings = {"container": ("ps", "--all"), "volume": ("volume", "ls"), "network": ("network", "ls")}
            for kind, command in listings.items():
                column = "{{.Names}}" if kind == "container" else "{{.Name}}"
                names = self.engine(*command, "--format", column).split()
                left = {name for name in names if name.startswith(prefix)} | set(
                    self.engine.names(kind, self.owner.label)
                )
                findings.append(Finding(f"{kind}s named {prefix}* or labelled {self.owner.label}", tuple(sorted(left))))
        return findings


def _remove_path(path: Path) -> bool:
    """Removes a file or directory; returns whether there was one."""
    if path.is_dir():
        shutil.rmtree(path)
    elif path.exists():
        path.unlink()
    else:
        return False
    return True
