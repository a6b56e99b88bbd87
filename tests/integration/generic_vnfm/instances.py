"""Instances: their user data really runs, with the directories of a system moved below a temporary one."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path


class Instances:
    """All instances of a test."""

    def __init__(self, directory: Path) -> None:
        """Starts without any."""
        self.directory = directory
        self._agents: dict[str, subprocess.Popen[bytes]] = {}

    def create(self, hostname: str, user_data: str) -> None:
        """Makes an instance, or finds it."""
        root = self.root(hostname)
        if root.exists():
            return
        root.mkdir(parents=True)
        moved = re.sub(r"(?<![.\w])/(etc|opt|var|run)/", rf"{root}/\1/", user_data)
        # An instance of OpenStack knows its name; the agent is started here, to be able to kill it.
        moved = moved.replace("#Hostname=", f"Hostname={hostname}").replace("setsid", ":")
        subprocess.run(["/bin/sh", "-c", moved], check=True, stdout=subprocess.DEVNULL)
        with (root / "etc/openbaton/ems/conf.ini").open("a") as file:
            file.write(
                f"scripts_path = {root}/opt/openbaton/scripts\nstate_path = {root}/var/lib/openbaton/ems\n"
                f"log_path = {root}/var/log/openbaton\nannounce = 1\n"
            )
        self.start_agent(hostname)

    def start_agent(self, hostname: str) -> None:
        """Starts an instance's agent, as its init would."""
        root = self.root(hostname)
        with (root / "agent.log").open("ab") as log:
            command = [sys.executable, "-I", root / "opt/openbaton/ems/ems.pyz", root / "etc/openbaton/ems/conf.ini"]
            self._agents[hostname] = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)

    def kill_agent(self, hostname: str) -> None:
        """Ends an instance's agent."""
        agent = self._agents.pop(hostname)
        agent.kill()
        agent.wait()

    def remove_all(self) -> None:
        """Removes all instances."""
        for hostname in list(self._agents):
            self.kill_agent(hostname)
        shutil.rmtree(self.directory, ignore_errors=True)

    def root(self, hostname: str) -> Path:
        """Directory that stands for an instance's root."""
        return self.directory / hostname

    def names(self) -> list[str]:
        """Names of all instances."""
        return sorted(path.name for path in self.directory.glob("*"))

    def ran(self, hostname: str) -> list[str]:
        """Lines that the scripts have added to the file `ran` in their directory."""
        path = self.root(hostname) / "opt/openbaton/scripts/ran"
        return path.read_text().splitlines() if path.exists() else []
