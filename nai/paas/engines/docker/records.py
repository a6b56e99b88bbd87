"""What is wanted: a small file for each deployment and each build, written before anything is done. Blocking.

A file is replaced as a whole, so a process that is killed leaves the old one or the new one. They are the manager's
alone (0600): environments and addresses may hold secrets.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from nai.paas.engines.errors import EngineError
from nai.paas.engines.protocol import BuildPhase

if TYPE_CHECKING:
    from nai.paas.engines.protocol import DeployRequest

PRIVATE_DIRECTORY, PRIVATE_FILE = 0o700, 0o600


class _Record(BaseModel):
    model_config = ConfigDict(extra="ignore")


class Port(_Record):
    """A port of a container."""

    port: int
    target_port: int
    protocol: str = "TCP"


class Deployment(_Record):
    """A deployment as it is wanted.

    Attributes:
        name: Its name.
        application: Whose network it is in.
        image: What was asked for; None: what was built under the name.
        image_id: The very image that was built; None for a ready one, which is found by name.
        replicas: How many containers.
        ports: What they listen on.
        environment: Of the containers.
        host_name: Under which it is published.
        generation: How often a restart was asked for.
        deleted: Everything of that name is to go, and then this record.
    """

    name: str
    application: str
    image: str | None = None
    image_id: str | None = None
    replicas: int = 1
    ports: list[Port] = []
    environment: dict[str, str] = {}
    host_name: str | None = None
    generation: int = 0
    deleted: bool = False

    @classmethod
    def of(cls, request: DeployRequest, image_id: str | None) -> Deployment:
        """The record of a request."""
        return cls(
            name=request.name,
            application=request.application,
            image=request.image,
            image_id=image_id,
            replicas=request.replicas,
            ports=[
                Port(port=each.port, target_port=each.target_port, protocol=each.protocol) for each in request.ports
            ],
            environment=dict(request.environment),
            host_name=request.host_name,
        )

    @property
    def revision(self) -> str:
        """A word for all that a container is made from: a container with another word is replaced."""
        made_from = self.model_dump(mode="json", exclude={"replicas", "deleted"})
        return hashlib.sha256(json.dumps(made_from, sort_keys=True).encode()).hexdigest()[:16]

    @property
    def tcp_port(self) -> int | None:
        """What is connected to, to see whether a container answers, and what the route leads to."""
        return next((each.target_port for each in self.ports if each.protocol.upper() == "TCP"), None)


class Build(_Record):
    """A build as it is wanted, and how far it is.

    Attributes:
        name: Of the application.
        git_url: Where the source is.
        deploy_key: Name of the key that opens it.
        environment: Of the build and the image.
        phase: How far it is.
        reason: Why it failed.
        image_id: What it made.
        tag: That it is kept with.
        attempts: How often it was begun: a manager that ends in the middle begins again.
        step: The image of the last step that is done, to be removed where the build comes to nothing.
    """

    name: str
    git_url: str
    deploy_key: str | None = None
    environment: dict[str, str] = {}
    phase: BuildPhase = BuildPhase.RUNNING
    reason: str = ""
    image_id: str | None = None
    tag: str | None = None
    attempts: int = 0
    step: str | None = None


Kind = TypeVar("Kind", Deployment, Build)


class Records(Generic[Kind]):
    """All records of one kind, by name; a file of JSON each."""

    def __init__(self, directory: Path, kind: type[Kind]) -> None:
        """Use a directory, which is made when the first record is written."""
        self._directory = directory
        self._kind: type[Kind] = kind

    def get(self, name: str) -> Kind | None:
        """Read one; None: there is none.

        Raises:
            EngineError: It cannot be read.
        """
        try:
            text = self._file(name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise EngineError(f"{self._file(name)} cannot be read: {error.strerror}") from error
        try:
            return self._kind.model_validate_json(text)
        except ValidationError as error:
            raise EngineError(f"{self._file(name)} is no record of this engine: {error}") from error

    def put(self, record: Kind) -> None:
        """Write one, for good.

        Raises:
            EngineError: It cannot be written.
        """
        write_private(self._file(record.name), record.model_dump_json().encode())

    def remove(self, name: str) -> None:
        """Forget one; it may be gone already."""
        self._file(name).unlink(missing_ok=True)

    def names(self) -> set[str]:
        """The names of all."""
        if not self._directory.is_dir():
            return set()
        return {file.stem for file in self._directory.glob("*.json")}

    def _file(self, name: str) -> Path:
        return self._directory / f"{name}.json"


def write_private(file: Path, content: bytes) -> None:
    """Replace a file as a whole, so that only its owner can read it.

    Raises:
        EngineError: It cannot be written.
    """
    try:
        private_directory(file.parent)
        # Made with mode 0600.
        descriptor, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            Path(temporary).replace(file)
        except BaseException:
            with suppress(OSError):
                Path(temporary).unlink()
            raise
        _settle(file.parent)
    except OSError as error:
        raise EngineError(f"{file} cannot be written: {error.strerror}") from error


def private_directory(directory: Path) -> None:
    """Make a directory that only its owner can enter."""
    directory.mkdir(mode=PRIVATE_DIRECTORY, parents=True, exist_ok=True)


def _settle(directory: Path) -> None:
    """Bring the names in a directory onto the disk: a record has to be there after a power cut too."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
