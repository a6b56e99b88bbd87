"""A Docker engine behind the SDK's client, in memory: as much of it as the driver uses."""

from __future__ import annotations

import io
import itertools
import tarfile
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from docker.errors import APIError, ImageNotFound, NotFound


@dataclass
class FakeContainer:
    """A container."""

    engine: FakeDocker
    options: dict[str, Any]
    id: str
    status: str = "created"
    networks: list[str] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    executed: list[list[str]] = field(default_factory=list)
    exit_code: int = 0

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.options["name"])

    @property
    def labels(self) -> dict[str, str]:
        """Its labels."""
        return dict(self.options["labels"])

    @property
    def attrs(self) -> dict[str, Any]:
        """As the engine describes it."""
        running = self.status == "running"
        addresses = {name: {"IPAddress": f"172.18.{n}.2" if running else ""} for n, name in enumerate(self.networks)}
        return {
            "Config": {"Hostname": self.options["hostname"]},
            "Image": self.options["image"],
            "NetworkSettings": {"Networks": addresses},
            "State": {
                "Status": self.status,
                "ExitCode": self.exit_code,
                "Error": "",
                "OOMKilled": self.exit_code == 137,
            },
        }

    def reload(self) -> None:
        """Nothing is kept."""

    def start(self) -> None:
        """Starts it."""
        self.status = "exited" if self.engine.ends else "running"
        self.exit_code = self.engine.ends

    def stop(self, timeout: int) -> None:
        """Stops it."""
        self.status = "exited"

    def remove(self, *, force: bool, v: bool) -> None:
        """Removes it."""
        del self.engine.container_list[self.name]

    def logs(self, tail: int) -> bytes:
        """What it said."""
        return b"no licence\n"

    def put_archive(self, path: str, data: bytes) -> None:
        """Unpacks files."""
        with tarfile.open(fileobj=io.BytesIO(data)) as tar:
            for member in tar.getmembers():
                stream = tar.extractfile(member)
                if stream is not None:
                    self.files[member.name] = stream.read().decode()

    def exec_run(self, command: list[str], *, detach: bool, user: str) -> None:
        """Runs a command."""
        if self.engine.exec_error:
            raise APIError(self.engine.exec_error)
        self.executed.append(command)


@dataclass
class FakeDocker:
    """The SDK's client.

    Attributes:
        ends: Exit status of commands that end at once; 0 for those that stay.
        exec_error: What the engine says to every exec.
        race: The next `create` finds that somebody else was faster.
        down: What every request raises.
    """

    ends: int = 0
    exec_error: str = ""
    race: bool = False
    down: Exception | None = None
    container_list: dict[str, FakeContainer] = field(default_factory=dict)
    network_list: dict[str, Any] = field(default_factory=dict)
    volume_list: dict[str, Any] = field(default_factory=dict)
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        image = SimpleNamespace(
            id="sha256:kms", tags=["kms:latest"], attrs={"Config": {"ExposedPorts": {"8888/tcp": {}}}}
        )

        def find_image(name: str) -> Any:
            if name not in ("kms", "sha256:kms"):
                raise ImageNotFound(f"No such image: {name}")
            return image

        self.images = SimpleNamespace(get=find_image, list=lambda: [image])
        self.containers = SimpleNamespace(get=self._get, list=self._list, create=self._create)
        self.networks = SimpleNamespace(
            list=lambda: list(self.network_list.values()), create=self._add_network, get=self._network
        )
        self.volumes = SimpleNamespace(list=self._list_volumes, create=self._add_volume, get=self._volume)

    def info(self) -> dict[str, Any]:
        """The host."""
        if self.down is not None:
            raise self.down
        return {"NCPU": 2, "MemTotal": 8192 * 2**20}

    def close(self) -> None:
        """Nothing is open."""

    def _get(self, name: str) -> FakeContainer:
        if name not in self.container_list:
            raise NotFound(f"No such container: {name}")
        return self.container_list[name]

    def _list(self, *, all: bool, filters: dict[str, str]) -> list[FakeContainer]:  # noqa: A002  # the SDK's name
        key, _, value = filters["label"].partition("=")
        return [item for item in self.container_list.values() if item.labels.get(key) == value]

    def _create(self, **options: Any) -> FakeContainer:
        made = FakeContainer(self, options, f"c{next(self._numbers)}")
        made.networks = [options["network"]] if "network" in options else ["bridge"]
        if options["name"] in self.container_list or self.race:
            self.race = False
            self.container_list.setdefault(options["name"], made)
            raise APIError("Conflict. The container name is already in use by container c0")
        self.container_list[options["name"]] = made
        return made

    def _add_network(self, name: str, *, driver: str, labels: dict[str, str]) -> Any:
        config = [{"Subnet": f"172.18.{len(self.network_list)}.0/24", "Gateway": "172.18.0.1"}]
        attributes = {"Id": f"net-{name}", "Name": name, "IPAM": {"Config": config}}

        def connect(container_id: str) -> None:
            container = next(item for item in self.container_list.values() if item.id == container_id)
            container.networks.append(name)

        self.network_list[name] = SimpleNamespace(name=name, attrs=attributes, connect=connect)
        return self.network_list[name]

    def _network(self, network_id: str) -> Any:
        return next(item for item in self.network_list.values() if item.attrs["Id"] == network_id)

    def _list_volumes(self, *, filters: dict[str, str]) -> list[Any]:
        key, _, value = filters["label"].partition("=")
        return [item for item in self.volume_list.values() if item.attrs["Labels"].get(key) == value]

    def _add_volume(self, name: str, *, labels: dict[str, str]) -> None:
        self.volume_list[name] = SimpleNamespace(attrs={"Labels": labels}, remove=lambda: self.volume_list.pop(name))

    def _volume(self, name: str) -> Any:
        return self.volume_list[name]
