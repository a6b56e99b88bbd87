"""The Docker engine over an engine in memory, with programs that stand in for git and HAProxy."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from nai.core.clock import SystemClock
from nai.paas.engines.docker.engine import DockerEngine
from nai.paas.engines.docker.settings import BuildSettings, ContainerSettings, DockerSettings, RouterSettings
from tests.support.engine_suite import World
from tests.unit.paas.engines_docker.daemon import Daemon

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

GIT = """\
#!/bin/sh
# Stands in for git: what it is asked and what it sees is written down; repositories are directories here.
printf '%s\\n' "$*" >> {noted}/git.arguments
env >> {noted}/git.environment
case "$1" in
clone)
    for last; do before="$here"; here="$last"; done
    name="${{before##*/}}"
    case "$name" in
    forever) exec sleep 600 ;;
    huge) mkdir "$here"; while :; do head -c 300000 /dev/zero >> "$here/huge"; sleep 0.01; done ;;
    esac
    if [ ! -d {repositories}/"$name" ]; then
        echo "Cloning into '$here'..."
        echo "fatal: repository '$before' not found"
        exit 128
    fi
    cp -R {repositories}/"$name" "$here"
    mkdir "$here/.git"
    ;;
-C) echo 0123456789abcdef ;;
esac
"""

HAPROXY = """\
#!/bin/sh
# Stands in for `haproxy -c`: says no to a file with the word that a test chooses.
[ -f {noted}/no ] && grep -q "$(cat {noted}/no)" "$1" && {{ echo "parsing [$1:3]: unknown keyword"; exit 1; }}
exit 0
"""

RELOAD = """\
#!/bin/sh
[ -f {noted}/no-reload ] && {{ echo "Job for haproxy.service failed"; exit 1; }}
cp {file} {noted}/loaded
echo reloaded >> {noted}/reloads
"""


class QuickClock(SystemClock):
    """Time passes, but nobody waits long."""

    async def sleep(self, seconds: float) -> None:
        """Wait a little."""
        await asyncio.sleep(min(seconds / 50, 0.02))


class Doors:
    """Containers answer, but for those at these addresses."""

    def __init__(self) -> None:
        self.closed: set[str] = set()
        self.all_closed = False
        self.tls: set[int] = set()

    async def answers(self, address: str, port: int) -> bool:
        """See Prober."""
        return not self.all_closed and address not in self.closed

    async def speaks_tls(self, address: str, port: int, host: str) -> bool:
        """See Prober."""
        return port in self.tls


class DockerWorld(World):
    """See World."""

    source = "https://git.example.org/web"
    broken_source = "https://git.example.org/broken"
    absent_source = "https://git.example.org/absent"
    image = "web:1"
    crashing_image = "crashes:1"
    absent_image = "absent:1"
    patience_seconds = 10
    look_seconds = 0.01

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.daemon = Daemon()
        self.daemon.offer("web:1")
        self.daemon.offer("crashes:1", crashes=True)
        self.doors = Doors()
        # Paths of Unix sockets have to be short.
        self._sockets = Path(tempfile.mkdtemp(prefix="nai"))
        self._number = 0
        self.repository("web", "FROM base\nCOPY . /\n")
        self.repository("broken", "FROM base\nRUN fail\n")
        noted = {"noted": directory, "repositories": directory / "repositories", "file": self.routes_file}
        for name, text in (("git", GIT), ("check", HAPROXY), ("reload", RELOAD)):
            program = directory / name
            program.write_text(text.format(**noted))
            program.chmod(0o755)
        self.changes: dict[str, Any] = {}
        self.build_changes: dict[str, Any] = {}

    @property
    def routes_file(self) -> Path:
        return self.directory / "routes.cfg"

    @property
    def state_directory(self) -> Path:
        return self.directory / "state"

    @property
    def socket(self) -> Path:
        return self._sockets / str(self._number)

    def repository(self, name: str, dockerfile: str) -> Path:
        """Make a repository."""
        directory = self.directory / "repositories" / name
        directory.mkdir(parents=True)
        (directory / "Dockerfile").write_text(dockerfile)
        return directory

    def settings(self) -> DockerSettings:
        """What the engine is told."""
        told = {
            "kind": "docker",
            "url": f"unix://{self.socket}",
            "state_directory": self.state_directory,
            "watch_seconds": 1,
            "request_seconds": 5,
            "build": BuildSettings(git=str(self.directory / "git"), reserve_megabytes=0, **self.build_changes),
            "containers": ContainerSettings(settle_seconds=0.05),
            "router": RouterSettings(
                file=self.routes_file,
                check=(str(self.directory / "check"), "{file}"),
                reload=(str(self.directory / "reload"),),
                certificate=Path("/etc/haproxy/apps.pem"),
            ),
        }
        return DockerSettings.model_validate({**told, **self.changes})

    async def open(self) -> DockerEngine:
        """Start a manager's engine, with a way of its own to the daemon."""
        self._number += 1
        self.daemon.listen(self.socket)
        self.engine = DockerEngine(
            self.settings(), clock=QuickClock(), prober=self.doors, registry=self.daemon.transport()
        )
        return self.engine

    async def reopen(self) -> None:
        """See World."""
        await self.abandon()
        await self.open()

    async def abandon(self) -> None:
        """The process is gone: nothing that it does reaches the daemon any more."""
        self.daemon.cut(self.socket)
        await self.engine.close()

    @asynccontextmanager
    async def unreachable(self) -> AsyncIterator[None]:
        """See World."""
        self.daemon.cut(self.socket)
        yield
        self.daemon.mend(self.socket)

    async def kill(self, pod: str) -> None:
        """See World."""
        self.daemon.exits(pod)

    async def environment(self, pod: str) -> dict[str, str]:
        """See World."""
        return dict(each.partition("=")[::2] for each in self.daemon._named(pod).config["Env"])

    async def published(self) -> set[str]:
        """See World."""
        loaded = self.directory / "loaded"
        found, host = set(), ""
        for line in loaded.read_text().splitlines() if loaded.exists() else []:
            if line.startswith("backend "):
                host = line.split()[1].removeprefix("nai_app_")
            elif line.startswith("    server "):
                found.add(host)
        return found

    def reloads(self) -> int:
        """How often HAProxy was told to take its file over."""
        file = self.directory / "reloads"
        return len(file.read_text().splitlines()) if file.exists() else 0

    async def close(self) -> None:
        """End."""
        await self.engine.close()
        await asyncio.to_thread(self.daemon.close)
        shutil.rmtree(self._sockets)


@pytest.fixture
def closed_world(tmp_path: Path) -> Iterator[DockerWorld]:
    """A world whose engine is not open yet."""
    world = DockerWorld(tmp_path)
    yield world
    world.daemon.close()


@pytest.fixture
async def world(closed_world: DockerWorld) -> AsyncIterator[DockerWorld]:
    """A world with its engine."""
    await closed_world.open()
    yield closed_world
    await closed_world.close()
