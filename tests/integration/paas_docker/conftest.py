"""The machine's own Docker engine, a HAProxy and a Git server of the tests' own on the loopback interface."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import http.server
import io
import os
import shutil
import socket
import ssl
import subprocess
import tarfile
import threading
import uuid
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import docker
import pytest

from nai.paas.engines.docker.engine import DockerEngine
from nai.paas.engines.docker.settings import BuildSettings, ContainerSettings, DockerSettings, RouterSettings
from tests.support.engine_suite import PORT, WORDS_OF_THE_CRASH, World
from tests.support.services import Daemon, free_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

ENGINE_SOCKET = Path("/var/run/docker.sock")
PROGRAMS = ("cat", "chmod", "dd", "echo", "env", "httpd", "kill", "nc", "nslookup", "sh", "sleep", "touch", "true")
SERVE = f"echo hello; exec httpd -f -p {PORT} -h /root"
CRASH = f"echo {WORDS_OF_THE_CRASH}; exit 3"
BACKEND = Path("/usr/lib/git-core/git-http-backend")


def missing() -> list[str]:
    """What these tests need and this machine has not."""
    programs = [each for each in ("busybox", "haproxy", "openssl", "git") if shutil.which(each) is None]
    if not BACKEND.exists():
        programs.append(str(BACKEND))
    if subprocess.run(["docker", "version"], capture_output=True, check=False).returncode != 0:
        programs.append("a Docker engine")
    return programs


def tree() -> bytes:
    """A root file system: a static busybox under the names of its programs."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        tar.add(str(shutil.which("busybox")), "bin/busybox")
        for name in PROGRAMS:
            link = tarfile.TarInfo(f"bin/{name}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            tar.addfile(link)
        for name in ("root", "tmp", "etc"):
            directory = tarfile.TarInfo(name)
            directory.type, directory.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(directory)
    return packed.getvalue()


class GitHandler(http.server.BaseHTTPRequestHandler):
    """Serves repositories by git's own program, as web servers do."""

    repositories: Path

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def _serve(self) -> None:
        path, _, query = self.path.partition("?")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(self.repositories),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GIT_CONFIG_VALUE_0": "*",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }
        answer = subprocess.run([str(BACKEND)], input=body, capture_output=True, env=environment, check=False).stdout
        head, _, content = answer.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
        self.send_response(int(headers.pop("Status", "200").split()[0]))
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


class Repositories:
    """A Git server."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        handler = type("Handler", (GitHandler,), {"repositories": directory})
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def url(self, name: str) -> str:
        """Address of a repository."""
        return f"http://127.0.0.1:{self._server.server_port}/{name}"

    def put(self, name: str, files: dict[str, str]) -> str:
        """Make a repository, or one commit more; returns its address."""
        directory = self._directory / name
        git = ["git", "-C", str(directory), "-c", "user.name=test", "-c", "user.email=test@example.org"]
        if not directory.exists():
            directory.mkdir(parents=True)
            subprocess.run(["git", "init", "-q", "-b", "main", str(directory)], check=True)
        for path, content in files.items():
            (directory / path).write_text(content)
        subprocess.run([*git, "add", "-A"], check=True)
        subprocess.run([*git, "commit", "-q", "-m", "a commit"], check=True)
        return self.url(f"{name}/.git")

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()


class Balancer(Daemon):
    """A HAProxy with the routes of one engine."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.https_port, self.http_port = free_port(), free_port()
        self.routes = directory / "routes"
        self.routes.mkdir()
        self.master = directory / "master.sock"
        (directory / "haproxy.cfg").write_text(
            f"defaults\n    mode http\n    timeout client 5s\n    timeout server 5s\n    timeout connect 5s\n"
            f"frontend alive\n    bind 127.0.0.1:{self.port}\n    http-request return status 200\n"
        )
        certificate, key = directory / "certificate.pem", directory / "key.pem"
        subprocess.run(
            [
                *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
                *("-subj", "/CN=*.apps.example.org", "-addext", "subjectAltName=DNS:*.apps.example.org"),
                *("-keyout", str(key), "-out", str(certificate)),
            ],
            check=True,
            capture_output=True,
        )
        self.certificate = directory / "both.pem"
        self.certificate.write_text(certificate.read_text() + key.read_text())

    def command(self) -> list[str]:
        return [
            *("haproxy", "-W", "-S", str(self.master)),
            *("-f", str(self.directory / "haproxy.cfg"), "-f", str(self.routes)),
        ]

    def answers(self) -> bool:
        socket.create_connection(("127.0.0.1", self.port), 2).close()
        return True

    def settings(self) -> RouterSettings:
        """As the engine is told."""
        return RouterSettings(
            file=self.routes / "routes.cfg",
            reload=(),
            master_socket=self.master,
            certificate=self.certificate,
            address="127.0.0.1",
            https_port=self.https_port,
            http_port=self.http_port,
            drain_seconds=1,
        )

    def get(self, host: str, path: str = "/") -> tuple[int, str]:
        """Ask an application, as a browser would."""
        context = ssl.create_default_context(cafile=str(self.certificate))
        raw = socket.create_connection(("127.0.0.1", self.https_port), 10)
        with context.wrap_socket(raw, server_hostname=host) as secured:
            connection = http.client.HTTPConnection(host)
            connection.sock = secured
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace")


class Registry(Daemon):
    """A docker-registry."""

    def command(self) -> list[str]:
        file = self.directory / "registry.yml"
        file.write_text(
            f"version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: {self.directory}/images\n"
            f"  delete:\n    enabled: true\nhttp:\n  addr: 127.0.0.1:{self.port}\n"
        )
        return ["docker-registry", "serve", str(file)]

    def answers(self) -> bool:
        socket.create_connection(("127.0.0.1", self.port), 2).close()
        return True


class Lab(World):
    """The real world.

    Attributes:
        client: The engine itself.
        prefix: Owner of everything here, and beginning of the images' names.
        repositories: The Git server.
        balancer: HAProxy.
    """

    patience_seconds = 90
    look_seconds = 0.2

    engine: DockerEngine

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.prefix = f"naitest-{uuid.uuid4().hex[:8]}"
        self.client: Any = docker.from_env()
        self.repositories = Repositories(directory / "repositories")
        (directory / "balancer").mkdir()
        self.balancer = Balancer(directory / "balancer")
        self.registry: Registry | None = None
        if shutil.which("docker-registry") is not None:
            (directory / "registry").mkdir()
            self.registry = Registry(directory / "registry")
        self.changes: dict[str, Any] = {}
        self.build_changes: dict[str, Any] = {}
        self._hosts: set[str] = set()
        # Where the engine is asked: it can be led astray.
        self.socket = directory / "engine.sock"
        self.socket.symlink_to(ENGINE_SOCKET)

    def prepare(self) -> None:
        """Make images and sources, start servers."""
        packed = tree()
        for name, command in (("base", "true"), ("web", SERVE), ("crashes", CRASH)):
            changes = [f'CMD ["sh", "-c", "{command}"]']
            self.client.api.import_image_from_data(packed, repository=f"{self.prefix}-{name}", tag="1", changes=changes)
        base = f"FROM {self.prefix}-base:1\n"
        self.image, self.crashing_image = f"{self.prefix}-web:1", f"{self.prefix}-crashes:1"
        self.absent_image = f"127.0.0.1:1/{self.prefix}-absent:1"
        web = f'{base}COPY index.html /root/\nRUN echo built\nCMD ["sh", "-c", "{SERVE}"]\n'
        self.source = self.repositories.put("web", {"Dockerfile": web, "index.html": "made from the source"})
        self.broken_source = self.repositories.put("broken", {"Dockerfile": f"{base}RUN {CRASH}\n"})
        self.absent_source = self.repositories.url("absent/.git")
        self.balancer.start()
        if self.registry is not None:
            self.registry.start()

    def dockerfile(self, name: str, lines: str) -> str:
        """A repository with this Dockerfile; returns its address."""
        return self.repositories.put(name, {"Dockerfile": f"FROM {self.prefix}-base:1\n{lines}"})

    def settings(self) -> DockerSettings:
        """What the engine is told."""
        told = {
            "kind": "docker",
            "url": f"unix://{self.socket}",
            "owner": self.prefix,
            "state_directory": self.directory / "state",
            "registry": f"127.0.0.1:{self.registry.port}" if self.registry else None,
            "watch_seconds": 2,
            "subnets": "10.231.0.0/16",
            "build": BuildSettings(
                protocols=("http", "https", "ssh"), memory_megabytes=256, reserve_megabytes=100, **self.build_changes
            ),
            "containers": ContainerSettings(memory_megabytes=64, shared_memory_megabytes=8, stop_seconds=2),
            "router": self.balancer.settings(),
        }
        return DockerSettings.model_validate({**told, **self.changes})

    async def open(self) -> None:
        """Start the engine."""
        self.engine = DockerEngine(self.settings())

    async def reopen(self) -> None:
        await self.engine.close()
        await self.open()

    @asynccontextmanager
    async def unreachable(self) -> AsyncIterator[None]:
        with deaf(self.directory / "deaf.sock") as path:
            self._lead_to(path)
            self.engine._docker.close()
            yield
            self._lead_to(ENGINE_SOCKET)
            self.engine._docker.close()

    def _lead_to(self, path: Path) -> None:
        new = self.socket.with_suffix(".new")
        new.symlink_to(path)
        new.replace(self.socket)

    async def kill(self, pod: str) -> None:
        await asyncio.to_thread(self.client.containers.get(pod).kill)

    async def environment(self, pod: str) -> dict[str, str]:
        said = await self.run(pod, "env")
        return dict(line.partition("=")[::2] for line in said.splitlines())

    async def run(self, pod: str, command: str) -> str:
        """Run a command in a container; returns what it says."""
        container = await asyncio.to_thread(self.client.containers.get, pod)
        done = await asyncio.to_thread(container.exec_run, ["sh", "-c", command])
        return str(done.output.decode(errors="replace"))

    def host_name(self, name: str) -> str:
        host = super().host_name(name)
        self._hosts.add(host)
        return host

    async def published(self) -> set[str]:
        found = set()
        for host in self._hosts:
            with contextlib.suppress(OSError, http.client.HTTPException):
                status, text = await asyncio.to_thread(self.balancer.get, host)
                # An application may have no page there either; it says so in its own words.
                if status != 503 and "No application is published" not in text:
                    found.add(host)
        return found

    def remove_everything(self) -> None:
        """Leave nothing behind."""
        label = {"label": f"nai.paas={self.prefix}"}
        for container in self.client.containers.list(all=True, filters=label):
            container.remove(force=True, v=True)
        for network in self.client.networks.list(filters=label):
            network.remove()
        images = [*self.client.images.list(filters=label)]
        images += [each for each in self.client.images.list() if any(self.prefix in tag for tag in each.tags)]
        for image in images:
            with contextlib.suppress(docker.errors.APIError):
                self.client.images.remove(image.id, force=True)
        self.client.close()
        self.repositories.close()
        self.balancer.stop()
        if self.registry is not None:
            self.registry.stop()


@contextlib.contextmanager
def deaf(path: Path) -> Iterator[Path]:
    """A socket that takes connections and drops them."""
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(path))
    server.listen()

    def drop() -> None:
        with contextlib.suppress(OSError):
            while True:
                server.accept()[0].close()

    thread = threading.Thread(target=drop, daemon=True)
    thread.start()
    try:
        yield path
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(5)
        path.unlink()


@pytest.fixture
def repositories(tmp_path: Path) -> Iterator[Repositories]:
    """A Git server alone."""
    if shutil.which("git") is None or not BACKEND.exists():
        pytest.skip("not here: git")
    made = Repositories(tmp_path / "repositories")
    yield made
    made.close()


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Everything but the engine's manager; removed at the end."""
    if absent := missing():
        pytest.skip(f"not here: {', '.join(absent)}")
    made = Lab(tmp_path_factory.mktemp("lab"))
    try:
        made.prepare()
        yield made
    finally:
        made.remove_everything()


@pytest.fixture
async def world(lab: Lab) -> AsyncIterator[Lab]:
    """With a manager; what a test has changed of its settings is as before afterwards."""
    await lab.open()
    yield lab
    for name in await lab.engine.names():
        await lab.engine.delete(name)
    await lab.engine.close()
    lab.changes, lab.build_changes = {}, {}
