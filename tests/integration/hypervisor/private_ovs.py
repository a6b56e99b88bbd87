"""An Open vSwitch of the tests' own, with the userspace datapath; no service of the machine is touched."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

_SCHEMA = Path("/usr/share/openvswitch/vswitch.ovsschema")


class PrivateOpenVSwitch:
    """One database and one switch with one bridge."""

    def __init__(self, directory: Path, bridge: str) -> None:
        """Remembers where to work; see `start`."""
        self._directory = directory
        self._bridge = bridge
        self._daemons: list[subprocess.Popen[bytes]] = []
        self.connection = f"unix:{directory}/db.sock"

    def start(self) -> None:
        """Starts database and switch and makes the bridge."""
        subprocess.run(["ovsdb-tool", "create", f"{self._directory}/conf.db", _SCHEMA], check=True)
        programs = (
            [
                "ovsdb-server",
                f"--remote=punix:{self._directory}/db.sock",
                f"--unixctl={self._directory}/db.ctl",
                f"{self._directory}/conf.db",
            ],
            [
                "ovs-vswitchd",
                f"--unixctl={self._directory}/vs.ctl",
                "--pidfile=" + f"{self._directory}/vs.pid",
                self.connection,
            ],
        )
        for argv in programs:
            with (self._directory / "log").open("ab") as log:
                self._daemons.append(subprocess.Popen(argv, stdout=log, stderr=log))
            if argv[0] == "ovsdb-server":
                self._wait_for_database()
        self.vsctl("add-br", self._bridge, "--", "set", "bridge", self._bridge, "datapath_type=netdev")

    def vsctl(self, *words: str) -> str:
        """Runs ovs-vsctl on this database and returns what it printed."""
        argv = ["ovs-vsctl", "--timeout=20", f"--db={self.connection}", *words]
        return subprocess.run(argv, check=True, capture_output=True, text=True).stdout.strip()

    def stop(self) -> None:
        """Removes the bridge and ends both."""
        self.vsctl("--if-exists", "del-br", self._bridge)
        for daemon in reversed(self._daemons):
            daemon.terminate()
            daemon.wait(timeout=20)

    def _wait_for_database(self) -> None:
        deadline = time.monotonic() + 10
        while not (self._directory / "db.sock").exists():
            if time.monotonic() > deadline:
                raise TimeoutError(f"ovsdb-server did not start: {(self._directory / 'log').read_text()}")
            subprocess.run(["sleep", "0.02"], check=True)
        self.vsctl("--no-wait", "init")
