"""A broker and a database server of the tests' own: plain processes on the loopback interface."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path
from typing import IO

from tests.support.wait import until

START_SECONDS = 90.0
STOP_SECONDS = 60.0
PASSWORD = "nai"


def free_port() -> int:
    """A TCP port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Daemon:
    """A process that a test starts, stops, kills and starts again with the same ports and files."""

    def __init__(self, directory: Path) -> None:
        """Prepare; nothing runs yet.

        Args:
            directory: Where everything of it lies; it exists.
        """
        self.directory = directory
        self.port = free_port()
        self.log = directory / "log"
        self._process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        """Program and arguments."""
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        """Variables beside the test's own."""
        return {}

    def answers(self) -> bool:
        """Whether it serves; an OSError means no."""
        raise NotImplementedError

    def start(self) -> None:
        """Start it and wait until it serves."""
        output: IO[bytes]
        with self.log.open("ab") as output:
            # A session of its own: what it starts itself is found by its group, and an interrupt does not reach it.
            self._process = subprocess.Popen(
                self.command(),
                env={**os.environ, **self.environment()},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        until(f"{self} serves; see {self.log}", self._serves, seconds=START_SECONDS, every_seconds=0.2)

    def stop(self) -> None:
        """Stop it as an operator would, and wait until it is gone."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop and start: its clients lose their connections."""
        self.stop()
        self.start()

    def _serves(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise AssertionError(f"{self} ended:\n{self.log.read_text(errors='replace')[-3000:]}")
        return self.answers()

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if how is signal.SIGKILL:
            _signal_group(process.pid, how)
        else:
            process.send_signal(how)
        try:
            process.wait(STOP_SECONDS)
        finally:
            _signal_group(process.pid, signal.SIGKILL)
            process.wait()


def _signal_group(group: int, how: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, how)


class Broker(Daemon):
    """RabbitMQ, without its management unless asked for."""

    def __init__(self, directory: Path, *, management: bool = False) -> None:
        """Prepare.

        Args:
            directory: Where everything of it lies.
            management: Also serve the management API, on `management_port`.
        """
        super().__init__(directory)
        self._distribution_port = free_port()
        self._epmd_port = free_port()
        self.management_port = free_port()
        plugins = "[rabbitmq_management]." if management else "[]."
        (directory / "enabled_plugins").write_text(plugins)
        (directory / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = 127.0.0.1:{self.port}\n"
            "log.console = true\nlog.console.level = warning\nlog.file = false\n"
            # Two processors for everybody: it is to sleep when nothing happens, and to see a dead client soon.
            "heartbeat = 10\n"
            + (f"management.tcp.ip = 127.0.0.1\nmanagement.tcp.port = {self.management_port}\n" if management else "")
        )

    @property
    def url(self) -> str:
        """Its AMQP URL, as an administrator."""
        return f"amqp://guest:guest@127.0.0.1:{self.port}/"

    def command(self) -> list[str]:
        """The server itself; Debian's wrapper would want another user."""
        found = sorted(Path("/usr/lib/rabbitmq/lib").glob("rabbitmq_server-*/sbin/rabbitmq-server"))
        assert found, "rabbitmq-server is not installed; scripts/bootstrap --dev does it"
        return [str(found[-1])]

    def environment(self) -> dict[str, str]:
        """A node of its own name, with its own cookie and its own port mapper."""
        return {
            "HOME": str(self.directory),
            "RABBITMQ_NODENAME": f"nai{self.port}@localhost",
            "RABBITMQ_MNESIA_BASE": str(self.directory / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.directory / "logs"),
            "RABBITMQ_CONFIG_FILE": str(self.directory / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.directory / "enabled_plugins"),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_DIST_PORT": str(self._distribution_port),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+sbwt none +sbwtdcpu none +sbwtdio none +S 1:1",
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
        }

    def answers(self) -> bool:
        """It greets who speaks AMQP 0-9-1: with Connection.Start, a method frame."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=2) as client:
            client.settimeout(2)
            client.sendall(b"AMQP\x00\x00\x09\x01")
            return client.recv(1) == b"\x01"

    def _end(self, how: signal.Signals) -> None:
        super()._end(how)
        # The port mapper has left the group. It refuses to go while a node is known to it: by now none is.
        epmd = shutil.which("epmd")
        if epmd:
            subprocess.run([epmd, "-port", str(self._epmd_port), "-kill"], capture_output=True, check=False)


class MariaDB(Daemon):
    """A MariaDB server."""

    @property
    def socket(self) -> Path:
        """Its Unix socket."""
        return self.directory / "socket"

    def prepare(self) -> None:
        """Make the directory of data: once, before the first start."""
        subprocess.run(
            [
                "mariadb-install-db",
                "--no-defaults",
                f"--datadir={self.directory / 'data'}",
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
                *_as_root(),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def command(self) -> list[str]:
        """The server, small, and as careful with commits as a real one."""
        return [
            "/usr/sbin/mariadbd",
            "--no-defaults",
            f"--datadir={self.directory / 'data'}",
            f"--socket={self.socket}",
            f"--pid-file={self.directory / 'pid'}",
            f"--port={self.port}",
            "--bind-address=127.0.0.1",
            "--skip-name-resolve",
            "--innodb-buffer-pool-size=32M",
            "--innodb-log-file-size=16M",
            "--character-set-server=utf8mb4",
            *_as_root(),
        ]

    def answers(self) -> bool:
        """It greets with a packet of protocol 10."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=2) as client:
            client.settimeout(2)
            return client.recv(5)[4:] == b"\x0a"

    def execute(self, statements: str) -> None:
        """Run SQL as root."""
        subprocess.run(
            ["mariadb", "--no-defaults", f"--socket={self.socket}", "--user=root", "--batch"],
            input=statements.encode(),
            check=True,
        )

    def create(self, name: str) -> str:
        """Make an empty database and a user of it.

        Returns:
            Its URL for the services.
        """
        self.execute(
            f"CREATE DATABASE {name};"
            f"CREATE USER {name}@'127.0.0.1' IDENTIFIED BY '{PASSWORD}';"
            f"GRANT ALL ON {name}.* TO {name}@'127.0.0.1';"
        )
        return f"mysql+asyncmy://{name}:{PASSWORD}@127.0.0.1:{self.port}/{name}"

    def drop(self, name: str) -> None:
        """Remove what `create` made."""
        self.execute(f"DROP DATABASE {name}; DROP USER {name}@'127.0.0.1';")


def _as_root() -> list[str]:
    return ["--user=root"] if os.geteuid() == 0 else []
