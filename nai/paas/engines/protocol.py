"""What the manager asks of an engine, whichever it is.

Every call may be made again: what is there already is found by its name and made to be as asked. Names are those of
`nai.paas.applications.names`, fit for DNS labels; an engine uses no other key.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic import SecretStr


class BuildPhase(StrEnum):
    """Where a build stands."""

    MISSING = "MISSING"
    RUNNING = "RUNNING"
    COMPLETE = "COMPLETE"
    FAILED = "FAILED"


class DeploymentPhase(StrEnum):
    """Where a deployment stands."""

    MISSING = "MISSING"
    DEPLOYING = "DEPLOYING"
    RUNNING = "RUNNING"
    FAILED = "FAILED"


@dataclass(frozen=True)
class BuildRequest:
    """An image to build.

    Attributes:
        name: Of the application; the image is kept under it.
        git_url: Where the source is, checked already; its Dockerfile is in the root.
        deploy_key: Name of a key that `put_secret` was given, for a repository that wants one.
        environment: Variables of the build, and of the image made.
    """

    name: str
    git_url: str
    deploy_key: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class BuildState:
    """Where a build stands, and why it failed."""

    phase: BuildPhase
    reason: str = ""


@dataclass(frozen=True)
class PublishedPort:
    """A port of a container.

    Attributes:
        port: Where it is reached inside the platform.
        target_port: What the container listens on.
        protocol: `TCP` or `UDP`.
    """

    port: int
    target_port: int
    protocol: str = "TCP"


@dataclass(frozen=True)
class DeployRequest:
    """Containers to run.

    Attributes:
        name: Of the application or service.
        image: A ready image; None: what was built under this name.
        replicas: How many containers.
        ports: What they listen on; the first is what the route leads to.
        environment: Variables of the containers; may hold secrets.
        host_name: Under which it is published to the outside by TLS; None: not at all.
        application: Name of the application it belongs to, its own for an application itself: those of one application
            reach each other, and nobody else's.
    """

    name: str
    image: str | None
    replicas: int
    ports: Sequence[PublishedPort]
    environment: Mapping[str, str]
    host_name: str | None
    application: str


@dataclass(frozen=True)
class Pod:
    """One container of a deployment: its name in `log`, and whether it answers."""

    name: str
    running: bool
    reason: str = ""


@dataclass(frozen=True)
class DeploymentState:
    """Where a deployment stands, its containers, and why it failed."""

    phase: DeploymentPhase
    pods: Sequence[Pod] = ()
    reason: str = ""


class Engine(Protocol):
    """An engine. Every method may raise EngineUnreachableError, or EngineRefusedError with a text for the user."""

    async def build(self, request: BuildRequest) -> None:
        """Begin to build; a build of that name that runs goes on, one that is over is made anew."""
        ...

    async def build_state(self, name: str) -> BuildState:
        """Where the last build of that name stands."""
        ...

    async def build_log(self, name: str) -> str:
        """What the last build has said so far; empty where there is none."""
        ...

    async def deploy(self, request: DeployRequest) -> None:
        """Make the containers be as asked; what differs is replaced without an interruption where that is possible.

        It returns when that is noted for good; `state` tells how far it has come.

        Raises:
            EngineRefusedError: The image that was to be built under this name is not there, or the request is wrong.
        """
        ...

    async def state(self, name: str) -> DeploymentState:
        """Where a deployment stands."""
        ...

    async def log(self, name: str, pod: str) -> str:
        """What a container has said.

        Raises:
            nai.core.errors.NotFoundError: The deployment has no such container.
        """
        ...

    async def scale(self, name: str, replicas: int) -> None:
        """Run so many containers of a deployment.

        Raises:
            nai.core.errors.NotFoundError: There is no such deployment.
        """
        ...

    async def restart(self, name: str) -> None:
        """Replace all containers of a deployment by new ones, made the same way, without an interruption.

        Raises:
            nai.core.errors.NotFoundError: There is no such deployment.
        """
        ...

    async def delete(self, name: str) -> None:
        """Remove everything of that name: build, image, containers, route. It may be gone already."""
        ...

    async def put_secret(self, name: str, private_key: SecretStr) -> None:
        """Keep a key that opens Git repositories; it can be used by `build`, and never be read again."""
        ...

    async def delete_secret(self, name: str) -> None:
        """Forget a key; it may be gone already."""
        ...

    async def names(self) -> set[str]:
        """Names of everything that this manager has built or deployed here, to find what nobody needs any more."""
        ...

    def service_host(self, name: str) -> str:
        """The host at which the containers of an application reach a deployment of theirs."""
        ...

    async def check(self) -> None:
        """Ask the engine for an answer.

        Raises:
            EngineUnreachableError: There is none.
        """
        ...

    async def close(self) -> None:
        """Close connections; what runs goes on."""
        ...
