"""What the Docker engine is told."""

from __future__ import annotations

from ipaddress import IPv4Network
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Section(BaseModel):
    """A part of the settings."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class BuildSettings(Section):
    """What a build may use.

    Attributes:
        parallel: How many run at once; others wait.
        seconds: Longest time of one, fetching and pushing included.
        memory_megabytes: Of each step.
        cpus: Of each step.
        disk_megabytes: What the source, and what the image adds to its base, may take.
        files: Most files of a source.
        reserve_megabytes: What a build must leave free on the engine's disk.
        log_kilobytes: Longest log that is kept; of a longer one, the end.
        protocols: By which sources are fetched.
        git: The program `git`.
    """

    parallel: int = Field(default=2, ge=1)
    seconds: float = Field(default=1800, gt=0)
    memory_megabytes: int = Field(default=2048, ge=64)
    cpus: float = Field(default=2, gt=0)
    disk_megabytes: int = Field(default=4096, ge=1)
    files: int = Field(default=100_000, ge=1)
    reserve_megabytes: int = Field(default=1024, ge=0)
    log_kilobytes: int = Field(default=4096, ge=16)
    protocols: tuple[Literal["https", "ssh", "http"], ...] = ("https", "ssh")
    git: str = "git"


class ContainerSettings(Section):
    """What each container may use, and how it is treated.

    Attributes:
        memory_megabytes: Of memory; there is no swap beside it.
        shared_memory_megabytes: At /dev/shm, within the memory.
        cpus: Cores.
        processes: Processes and threads.
        log_megabytes: Of its log, of which the end is kept.
        log_lines: Most lines of a log that are answered.
        stop_seconds: To end by itself before it is killed.
        crashes: Ends in a row after which it counts as failed; it is tried on.
        settle_seconds: A container that listens on nothing by TCP counts as running when it has stayed up so long.
    """

    memory_megabytes: int = Field(default=1024, ge=16)
    shared_memory_megabytes: int = Field(default=64, ge=1)
    cpus: float = Field(default=1, gt=0)
    processes: int = Field(default=1024, ge=16)
    log_megabytes: int = Field(default=30, ge=3)
    log_lines: int = Field(default=10_000, ge=1)
    stop_seconds: int = Field(default=10, ge=0)
    crashes: int = Field(default=3, ge=1)
    settle_seconds: float = Field(default=3, ge=0)


class RouterSettings(Section):
    """The HAProxy that publishes applications. It runs already; its file is this engine's alone.

    Attributes:
        file: Its part of HAProxy's configuration: a section of defaults, one frontend, a backend for each application.
        check: Command that says whether a file is right; `{file}` stands for it.
        reload: Command that makes HAProxy take the file over; empty: by the socket below.
        master_socket: HAProxy's master socket (`haproxy -W -S`), to reload without rights of an administrator.
        certificate: Certificate, chain and key (PEM) of the applications' domain, or a directory of such files.
        address: Where it listens; `*` is everywhere.
        https_port: Port of the applications.
        http_port: Port that leads browsers to the one above; None: there is none.
        drain_seconds: What a container that is replaced gets to end its requests once it gets no new ones.
        idle_seconds: Longest silence on a WebSocket.
    """

    file: Path = Path("/etc/haproxy/nai-paas.cfg")
    check: tuple[str, ...] = ("haproxy", "-c", "-q", "-f", "{file}")
    reload: tuple[str, ...] = ("systemctl", "reload", "haproxy")
    master_socket: Path | None = None
    certificate: Path = Path("/etc/haproxy/nai-paas.pem")
    address: str = Field(default="*", pattern=r"^[A-Za-z0-9.:*\[\]-]+$")
    https_port: int = Field(default=443, ge=1, le=65535)
    http_port: int | None = Field(default=80, ge=1, le=65535)
    drain_seconds: float = Field(default=2, ge=0)
    idle_seconds: int = Field(default=3600, ge=1)

    @model_validator(mode="after")
    def _can_be_reloaded(self) -> RouterSettings:
        if not self.reload and self.master_socket is None:
            message = "router: give a reload command or the master_socket"
            raise ValueError(message)
        return self


class DockerSettings(Section):
    """One Docker host: the embedded default. The manager runs on it too, to reach the containers.

    Attributes:
        url: Where the engine listens: `unix://…` or `tcp://host:port`.
        owner: Whose containers, images and networks they are; managers that share an engine have different ones.
        state_directory: What is wanted, keys and build logs; the manager's own, mode 0700.
        registry: Host and port of the registry that keeps the images built; None: the engine alone keeps them. One on
            the loopback interface is spoken to without TLS.
        request_seconds: Longest wait for an answer of the engine.
        watch_seconds: Between two looks at everything; what is wrong is made right then.
        subnets: Range that the applications' networks are cut out of; None leaves it to the engine, whose own ranges
            are enough for some thirty applications.
        subnet_prefix: Length of the prefix of each.
        build: Of images.
        containers: Of applications and their services.
        router: What publishes them; None: nothing is published.
    """

    kind: Literal["docker"]
    url: str = "unix:///var/run/docker.sock"
    owner: str = Field(default="nai-paas", pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$")
    state_directory: Path = Path("/var/lib/nai-paas/docker")
    registry: str | None = Field(default="127.0.0.1:5000", pattern=r"^[A-Za-z0-9.-]+(:\d+)?$")
    request_seconds: float = Field(default=60, gt=0)
    watch_seconds: float = Field(default=5, gt=0)
    subnets: IPv4Network | None = None
    subnet_prefix: int = Field(default=26, ge=16, le=29)
    build: BuildSettings = BuildSettings()
    containers: ContainerSettings = ContainerSettings()
    router: RouterSettings | None = RouterSettings()

    @model_validator(mode="after")
    def _subnets_have_room(self) -> DockerSettings:
        if self.subnets is not None and self.subnets.prefixlen > self.subnet_prefix:
            message = f"subnets: {self.subnets} has no room for networks of /{self.subnet_prefix}"
            raise ValueError(message)
        return self
