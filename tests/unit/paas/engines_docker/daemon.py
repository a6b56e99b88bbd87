"""A Docker engine as a state machine behind its own interface, on Unix sockets: the SDK that asks it is the real one.

Images are what their Dockerfile says: `RUN fail` fails, `RUN forever` never ends, `RUN fill` fills the disk; an image
whose name has `crashes` in it makes containers that end at once.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import re
import socketserver
import tarfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

import httpx

from tests.support.engine_suite import WORDS_OF_THE_CRASH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CRASHES = 3


class Refused(Exception):  # noqa: N818  # what the engine answers, no fault
    """What the engine says no with."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass
class Image:
    """An image."""

    id: str
    tags: set[str] = field(default_factory=set)
    labels: dict[str, str] = field(default_factory=dict)
    size: int = 1000
    crashes: bool = False
    dockerfile: str = ""
    arguments: dict[str, str] = field(default_factory=dict)
    created: int = 0


@dataclass
class Container:
    """A container."""

    id: str
    name: str
    config: dict[str, Any]
    image: Image
    state: str = "created"
    address: str = ""
    restarts: int = 0
    size_rw: int = 0
    created: int = 0

    @property
    def networks(self) -> list[str]:
        return list((self.config.get("NetworkingConfig") or {}).get("EndpointsConfig") or {})


class Daemon:
    """The engine.

    Attributes:
        images: What it has, by id.
        pullable: What registries have, by reference.
        registry: What was pushed: image by repository and tag.
        containers: By id.
        networks: By name; the attributes that it answers with.
        requests: What was asked, `GET /path`.
        refusals: What is refused, by pattern of that: status and text.
        silent_builds: Builds wait until this is set.
    """

    def __init__(self) -> None:
        self.images: dict[str, Image] = {}
        self.pullable: dict[str, Image] = {}
        self.registry: dict[str, dict[str, Image]] = {}
        self.containers: dict[str, Container] = {}
        self.networks: dict[str, dict[str, Any]] = {}
        self.requests: list[str] = []
        self.refusals: dict[str, tuple[int, str]] = {}
        self.before: Callable[[str], None] = lambda _request: None
        self.after: Callable[[str], None] = lambda _request: None
        self.building: set[str] = set()
        self._lock = threading.RLock()
        self._numbers = itertools.count(1)
        self._servers: dict[Path, _Server] = {}

    # What a test does.

    def listen(self, path: Path) -> str:
        """Answer at a socket; returns its URL."""
        server = _Server(str(path), self)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        self._servers[path] = server
        return f"unix://{path}"

    def cut(self, path: Path) -> None:
        """Answer nobody there any more: not who asks just now, either. Connections are taken, and dropped."""
        self._servers[path].cut = True

    def mend(self, path: Path) -> None:
        """Answer there again."""
        self._servers[path].cut = False

    def close(self) -> None:
        """End."""
        for server in self._servers.values():
            server.cut = True
            server.shutdown()
            server.server_close()
        self._servers.clear()

    def offer(self, reference: str, *, crashes: bool = False) -> None:
        """Have an image that can be pulled."""
        self.pullable[reference] = self._new_image(reference, crashes=crashes)

    def exits(self, name: str) -> None:
        """A container ends for good."""
        self._named(name).state = "exited"

    def moves(self, name: str) -> None:
        """A container ends and is started again: it has another address."""
        container = self._named(name)
        container.restarts += 1
        container.address = self._new_address()

    def _named(self, name: str) -> Container:
        return next(each for each in self.containers.values() if each.name == name)

    # What it answers.

    def answer(self, method: str, path: str, query: dict[str, str], body: bytes) -> Any:
        """Answer one request: a document, bytes, or an iterator of documents."""
        with self._lock:
            for pattern, method_of, function in _ROUTES:
                found = re.fullmatch(pattern, path)
                if found and method == method_of:
                    arguments = [unquote(each) for each in found.groups()]
                    return function(self, *arguments, query=query, body=body)
        raise Refused(404, f"page not found: {method} {path}")

    def ping(self, **_: Any) -> bytes:
        return b"OK"

    def version(self, **_: Any) -> dict[str, Any]:
        return {"ApiVersion": "1.41", "Version": "20.10"}

    def info(self, **_: Any) -> dict[str, Any]:
        return {"DockerRootDir": "/nowhere/docker", "NCPU": 2}

    def list_images(self, query: dict[str, str], **_: Any) -> list[dict[str, Any]]:
        wanted = json.loads(query.get("filters", "{}")).get("label", [])
        return [
            {"Id": each.id, "RepoTags": sorted(each.tags), "Labels": each.labels or None, "Created": each.created}
            for each in self.images.values()
            if _labelled(each.labels, wanted)
        ]

    def inspect_image(self, reference: str, **_: Any) -> dict[str, Any]:
        image = self._image(reference)
        return {"Id": image.id, "RepoTags": sorted(image.tags), "RepoDigests": [], "Size": image.size}

    def pull(self, query: dict[str, str], **_: Any) -> Iterator[dict[str, Any]]:
        reference = f"{query['fromImage']}:{query['tag']}"
        known = self.registry.get(query["fromImage"], {}).get(query["tag"])
        image = known or self.pullable.get(reference) or self.pullable.get(query["fromImage"])
        if image is None:
            raise Refused(404, f"pull access denied for {reference}, repository does not exist")
        self.images[image.id] = image
        image.tags.add(reference)
        return iter([{"status": "Pulling"}, {"status": "Downloaded"}])

    def tag(self, reference: str, query: dict[str, str], **_: Any) -> bytes:
        self._image(reference).tags.add(f"{query['repo']}:{query['tag']}")
        return b""

    def push(self, repository: str, query: dict[str, str], **_: Any) -> Iterator[dict[str, Any]]:
        image = self._image(f"{repository}:{query['tag']}")
        self.registry.setdefault(repository, {})[query["tag"]] = image
        return iter([{"status": "Pushed"}])

    def remove_image(self, reference: str, query: dict[str, str], **_: Any) -> list[Any]:
        image = self._image(reference)
        if any(each.image is image for each in self.containers.values()):
            raise Refused(409, "conflict: unable to delete: image is being used by a container")
        if len(image.tags) > 1 and query.get("force") not in ("1", "True"):
            raise Refused(409, "conflict: unable to delete (must be forced)")
        del self.images[image.id]
        return []

    def build(self, query: dict[str, str], body: bytes, **_: Any) -> Iterator[dict[str, Any]]:
        with tarfile.open(fileobj=io.BytesIO(body)) as tar:
            dockerfile = tar.extractfile("Dockerfile")
            assert dockerfile is not None
            text = dockerfile.read().decode()
        arguments = json.loads(query.get("buildargs", "{}"))
        return self._steps(text, query, json.loads(query.get("labels", "{}")), arguments)

    def _steps(
        self, text: str, query: dict[str, str], labels: dict[str, str], arguments: dict[str, str]
    ) -> Iterator[dict[str, Any]]:
        base = self._keep(self._new_image("base"))
        step = base
        for number, line in enumerate(text.splitlines(), 1):
            yield {"stream": f"Step {number} : {line}\n"}
            if line.startswith("FROM"):
                yield {"stream": f" ---> {base.id[7:19]}\n"}
                continue
            if line.startswith("RUN"):
                container = self._new_container(
                    f"build-{next(self._numbers)}",
                    {"Labels": {}, "NetworkingConfig": {"EndpointsConfig": {query["networkmode"]: {}}}},
                    step,
                )
                try:
                    yield {"stream": f" ---> Running in {container.id[:12]}\n"}
                    yield from self._runs(line.removeprefix("RUN").strip(), container)
                finally:
                    with self._lock:
                        del self.containers[container.id]
            step = self._keep(self._new_image(f"step {number} {time.monotonic_ns()}"))
            yield {"stream": f" ---> {step.id[7:19]}\n"}
        image = self._keep(self._new_image(f"built {time.monotonic_ns()}"))
        image.labels, image.dockerfile, image.arguments = labels, text, arguments
        del self.images[step.id]
        yield {"aux": {"ID": image.id}}
        yield {"stream": f"Successfully built {image.id[7:19]}\n"}

    def _runs(self, command: str, container: Container) -> Iterator[dict[str, Any]]:
        if command == "fail":
            yield {"stream": f"{WORDS_OF_THE_CRASH}\n"}
            yield {"error": f"The command '{command}' returned a non-zero code: 1", "errorDetail": {}}
            raise StopBuild
        if command in ("forever", "fill"):
            container.size_rw = 10**12 if command == "fill" else 0
            self.building.add(container.id)
            try:
                while True:
                    time.sleep(0.01)
                    # Nothing to say; the connection tells when nobody listens any more.
                    yield {}
            finally:
                self.building.discard(container.id)
        if command.startswith("echo "):
            yield {"stream": command.removeprefix("echo ") + "\n"}

    def create_container(self, query: dict[str, str], body: bytes, **_: Any) -> dict[str, Any]:
        config = json.loads(body)
        if any(each.name == query["name"] for each in self.containers.values()):
            raise Refused(409, f'Conflict. The container name "/{query["name"]}" is already in use by container')
        container = self._new_container(query["name"], config, self._image(config["Image"]))
        for network in container.networks:
            if network not in self.networks:
                del self.containers[container.id]
                raise Refused(404, f"network {network} not found")
        return {"Id": container.id, "Warnings": []}

    def start(self, identifier: str, **_: Any) -> bytes:
        container = self._container(identifier)
        if container.image.crashes:
            container.state, container.restarts = "restarting", CRASHES
        else:
            container.state = "running"
            container.address = container.address or self._new_address()
        return b""

    def stop(self, identifier: str, **_: Any) -> bytes:
        self._container(identifier).state = "exited"
        return b""

    def remove_container(self, identifier: str, query: dict[str, str], **_: Any) -> bytes:
        container = self._container(identifier)
        if container.state == "running" and query.get("force") not in ("1", "True"):
            raise Refused(409, "You cannot remove a running container")
        del self.containers[container.id]
        return b""

    def list_containers(self, query: dict[str, str], **_: Any) -> list[dict[str, Any]]:
        filters = json.loads(query.get("filters", "{}"))
        return [
            {
                "Id": each.id,
                "Names": [f"/{each.name}"],
                "Labels": self._labels(each),
                "State": each.state,
                "Created": each.created,
                "SizeRw": each.size_rw,
                "NetworkSettings": {
                    "Networks": {
                        name: {"IPAddress": each.address if each.state == "running" else ""} for name in each.networks
                    }
                },
            }
            for each in self.containers.values()
            if _labelled(self._labels(each), filters.get("label", []))
            and (not filters.get("network") or set(filters["network"]) & set(each.networks))
        ]

    def inspect_container(self, identifier: str, **_: Any) -> dict[str, Any]:
        container = self._container(identifier)
        return {
            "Id": container.id,
            "RestartCount": container.restarts,
            "Config": {"Tty": False, **container.config},
            "HostConfig": container.config.get("HostConfig"),
            "State": {
                "Status": container.state,
                "Running": container.state in ("running", "restarting"),
                "Restarting": container.state == "restarting",
                "ExitCode": 3 if container.state in ("restarting", "exited") else 0,
            },
        }

    def logs(self, identifier: str, **_: Any) -> bytes:
        said = WORDS_OF_THE_CRASH if self._container(identifier).image.crashes else "hello"
        text = f"{said}\n".encode()
        return b"\x01\x00\x00\x00" + len(text).to_bytes(4, "big") + text

    def list_networks(self, query: dict[str, str], **_: Any) -> list[dict[str, Any]]:
        filters = json.loads(query.get("filters", "{}"))
        return [
            each
            for each in self.networks.values()
            if _labelled(each["Labels"] or {}, filters.get("label", []))
            and (not filters.get("name") or any(name in each["Name"] for name in filters["name"]))
        ]

    def create_network(self, body: bytes, **_: Any) -> dict[str, Any]:
        wanted = json.loads(body)
        if wanted["Name"] in self.networks:
            raise Refused(409, f"network with name {wanted['Name']} already exists")
        self.networks[wanted["Name"]] = {
            "Id": self._identifier(),
            "Name": wanted["Name"],
            "Labels": wanted.get("Labels"),
            "IPAM": wanted.get("IPAM") or {"Config": []},
        }
        return {"Id": self.networks[wanted["Name"]]["Id"]}

    def remove_network(self, name: str, **_: Any) -> bytes:
        if name not in self.networks:
            raise Refused(404, f"network {name} not found")
        if any(name in each.networks and each.state == "running" for each in self.containers.values()):
            raise Refused(403, f"error while removing network: network {name} has active endpoints")
        del self.networks[name]
        return b""

    # Its parts.

    def _image(self, reference: str) -> Image:
        reference = reference if ":" in reference.rpartition("/")[2] else f"{reference}:latest"
        for image in self.images.values():
            digest = reference.removesuffix(":latest").removeprefix("sha256:")
            if reference in image.tags or image.id[7:].startswith(digest):
                return image
        raise Refused(404, f"No such image: {reference}")

    def _container(self, identifier: str) -> Container:
        if identifier not in self.containers:
            raise Refused(404, f"No such container: {identifier}")
        return self.containers[identifier]

    def _labels(self, container: Container) -> dict[str, str]:
        return {**container.image.labels, **(container.config.get("Labels") or {})}

    def _new_image(self, word: str, *, crashes: bool = False) -> Image:
        digest = hashlib.sha256(f"{word} {next(self._numbers)}".encode()).hexdigest()
        return Image(f"sha256:{digest}", crashes=crashes, created=next(self._numbers))

    def _keep(self, image: Image) -> Image:
        with self._lock:
            self.images[image.id] = image
        return image

    def _new_container(self, name: str, config: dict[str, Any], image: Image) -> Container:
        with self._lock:
            container = Container(self._identifier(), name, config, image, created=next(self._numbers))
            self.containers[container.id] = container
        return container

    def _identifier(self) -> str:
        return hashlib.sha256(str(next(self._numbers)).encode()).hexdigest()

    def _new_address(self) -> str:
        number = next(self._numbers)
        return f"10.9.{number // 250}.{number % 250 + 1}"

    # The registry beside it.

    def transport(self) -> httpx.MockTransport:
        """The way to the registry."""

        def answer(request: httpx.Request) -> httpx.Response:
            _, _, rest = request.url.path.partition("/v2/")
            repository, _, what = rest.rpartition("/")
            key = next((each for each in self.registry if each.endswith(f"/{repository.rpartition('/')[0]}")), None)
            if key is None:
                return httpx.Response(404)
            tags = self.registry[key]
            if what == "list":
                return httpx.Response(200, json={"tags": sorted(tags)})
            if request.method == "HEAD":
                return httpx.Response(200, headers={"Docker-Content-Digest": tags[what].id})
            for tag in [tag for tag, image in tags.items() if image.id == what]:
                del tags[tag]
            if not tags:
                del self.registry[key]
            return httpx.Response(202)

        return httpx.MockTransport(answer)


class StopBuild(Exception):  # noqa: N818  # ends a build, no fault
    """A step failed."""


def _labelled(labels: dict[str, str], wanted: Any) -> bool:
    return all(labels.get(each.partition("=")[0]) == each.partition("=")[2] for each in wanted)


_ROUTES: list[tuple[str, str, Any]] = [
    (r"/_ping", "GET", Daemon.ping),
    (r"/version", "GET", Daemon.version),
    (r"/info", "GET", Daemon.info),
    (r"/build", "POST", Daemon.build),
    (r"/images/json", "GET", Daemon.list_images),
    (r"/images/create", "POST", Daemon.pull),
    (r"/images/(.+)/json", "GET", Daemon.inspect_image),
    (r"/images/(.+)/tag", "POST", Daemon.tag),
    (r"/images/(.+)/push", "POST", Daemon.push),
    (r"/images/(.+)", "DELETE", Daemon.remove_image),
    (r"/containers/json", "GET", Daemon.list_containers),
    (r"/containers/create", "POST", Daemon.create_container),
    (r"/containers/([^/]+)/json", "GET", Daemon.inspect_container),
    (r"/containers/([^/]+)/start", "POST", Daemon.start),
    (r"/containers/([^/]+)/stop", "POST", Daemon.stop),
    (r"/containers/([^/]+)/logs", "GET", Daemon.logs),
    (r"/containers/([^/]+)", "DELETE", Daemon.remove_container),
    (r"/networks", "GET", Daemon.list_networks),
    (r"/networks/create", "POST", Daemon.create_network),
    (r"/networks/([^/]+)", "DELETE", Daemon.remove_network),
]


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, path: str, engine: Daemon) -> None:
        self.engine = engine
        self.cut = False
        super().__init__(path, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: who is cut off goes away in the middle."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def address_string(self) -> str:
        return "engine"

    def _handle(self) -> None:
        self.close_connection = True
        engine = self.server.engine
        parts = urlsplit(self.path)
        path = re.sub(r"^/v[0-9.]+", "", parts.path)
        query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        request = f"{self.command} {path}"
        body = self._body()
        if not self.server.cut:
            engine.before(request)
        if self.server.cut:
            return
        engine.requests.append(request)
        try:
            for pattern, (status, text) in engine.refusals.items():
                if re.search(pattern, request):
                    raise Refused(status, text)
            answer = engine.answer(self.command, path, query, body)
        except Refused as error:
            self._send(error.status, {"message": str(error)})
            return
        engine.after(request)
        if self.server.cut:
            return
        if isinstance(answer, (bytes, dict, list)):
            self._send(200, answer)
        else:
            self._stream(answer)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        whole = b""
        while size := int(self.rfile.readline(), 16):
            whole += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return whole

    def _send(self, status: int, content: Any) -> None:
        text = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(text)

    def _stream(self, answer: Iterator[dict[str, Any]]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.flush()
        try:
            with suppress(StopBuild):
                for message in answer:
                    if self.server.cut:
                        return
                    # A line end alone where there is nothing to say.
                    line = (json.dumps(message) if message else "").encode() + b"\r\n"
                    self.wfile.write(f"{len(line):x}\r\n".encode() + line + b"\r\n")
                    self.wfile.flush()
            self.wfile.write(b"0\r\n\r\n")
        finally:
            if hasattr(answer, "close"):
                answer.close()

    do_GET = do_POST = do_DELETE = do_HEAD = _handle  # noqa: N815  # names of the standard library
