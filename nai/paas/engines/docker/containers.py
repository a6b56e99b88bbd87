"""Containers: made from a record, labelled with it, found by their labels. Blocking."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docker.types import LogConfig

from nai.core.errors import NotFoundError
from nai.paas.engines.docker.disk import MEGABYTE
from nai.paas.engines.docker.names import (
    APPLICATION,
    HOST,
    NAME,
    OWNER,
    PORT,
    RECORD,
    REVISION,
    network_name,
    new_container_name,
    service_host,
)
from nai.paas.engines.docker.records import Deployment
from nai.paas.engines.errors import EngineRefusedError

if TYPE_CHECKING:
    from nai.paas.engines.docker.api import Docker
    from nai.paas.engines.docker.settings import DockerSettings

DROPPED = ["AUDIT_WRITE", "MKNOD", "NET_RAW"]
"""Rights that no web application needs; with the last one a container could pretend to be its neighbour."""
LOG_FILES = 3
WORDS = 300
"""Characters of its last words that go into the reason of a failure."""
NANO = 1_000_000_000


@dataclass(frozen=True)
class Container:
    """One container as it was seen.

    Attributes:
        id: Of the engine.
        name: Its pod name.
        deployment: Whose it is.
        application: Whose network it is in.
        revision: Of the record it was made from.
        state: The engine's word: running, restarting, exited, …
        address: In its application's network; None: it has none now.
        host: Under which it is published; None: it is not.
        port: Where it is to answer, by TCP; None: nowhere.
        created: Seconds since 1970.
        record: The record it was made from, as JSON.
    """

    id: str
    name: str
    deployment: str
    application: str
    revision: str
    state: str
    address: str | None
    host: str | None
    port: int | None
    created: int
    record: str

    @property
    def alive(self) -> bool:
        """Whether it runs or is being started again."""
        return self.state in ("running", "restarting", "paused")


@dataclass(frozen=True)
class Trouble:
    """Why a container does not answer.

    Attributes:
        crashes: How often it has ended.
        reason: How it ended last; empty: it did not.
    """

    crashes: int
    reason: str


class Containers:
    """The containers of one owner."""

    def __init__(self, docker: Docker, settings: DockerSettings) -> None:
        """Contact nothing."""
        self._docker = docker
        self._settings = settings

    def all(self) -> list[Container]:
        """Every container of ours."""
        return self._labelled([f"{OWNER}={self._settings.owner}"])

    def of(self, name: str) -> list[Container]:
        """Those of a deployment, the oldest first."""
        return self._labelled([f"{OWNER}={self._settings.owner}", f"{NAME}={name}"])

    def create(self, record: Deployment, image_id: str, network: str) -> str:
        """Make one; returns its id. It is not started.

        Raises:
            EngineRefusedError: The engine does not take it so.
        """
        limits = self._settings.containers
        name = new_container_name(record.name)
        memory = limits.memory_megabytes * MEGABYTE

        def create(client: Any) -> str:
            made = client.create_container(
                image_id,
                name=name,
                hostname=name,
                environment=record.environment,
                labels=self._labels(record),
                networking_config=client.create_networking_config(
                    {network: client.create_endpoint_config(aliases=[service_host(record.name)])}
                ),
                host_config=client.create_host_config(
                    network_mode=network,
                    restart_policy={"Name": "unless-stopped"},
                    mem_limit=memory,
                    memswap_limit=memory,
                    shm_size=limits.shared_memory_megabytes * MEGABYTE,
                    nano_cpus=int(limits.cpus * NANO),
                    pids_limit=limits.processes,
                    cap_drop=DROPPED,
                    security_opt=["no-new-privileges:true"],
                    init=True,
                    log_config=LogConfig(
                        type=LogConfig.types.JSON,
                        config={
                            "max-size": f"{limits.log_megabytes * 1024 // LOG_FILES}k",
                            "max-file": str(LOG_FILES),
                        },
                    ),
                ),
            )
            return str(made["Id"])

        try:
            return self._docker.ask(f"a container of {record.name}", create)
        except NotFoundError as error:
            # The image or the network has gone in between.
            raise EngineRefusedError(str(error)) from error

    def start(self, container_id: str) -> None:
        """Start one; where it cannot be, it is removed again.

        Raises:
            EngineRefusedError: Its command cannot be run.
        """
        try:
            self._docker.ask("the container", lambda client: client.start(container_id))
        except (EngineRefusedError, NotFoundError) as error:
            self.remove(container_id)
            raise EngineRefusedError(f"The container does not start: {error}") from error

    def stop(self, container_id: str) -> None:
        """Let one end by itself, or kill it, and remove it; it may be gone already."""
        with suppress(NotFoundError):
            self._docker.ask(
                "the container",
                lambda client: client.stop(container_id, timeout=self._settings.containers.stop_seconds),
            )
        self.remove(container_id)

    def remove(self, container_id: str) -> None:
        """Remove one, running or not, with the volumes that nobody else knows; it may be gone already."""
        try:
            self._docker.ask("the container", lambda client: client.remove_container(container_id, force=True, v=True))
        except NotFoundError:
            return
        except EngineRefusedError as error:
            if "already in progress" not in str(error):
                raise

    def log(self, container_id: str) -> str:
        """The end of what one has said.

        Raises:
            NotFoundError: It is gone.
        """
        lines = self._settings.containers.log_lines
        said = self._docker.ask(
            "the container", lambda client: client.logs(container_id, stdout=True, stderr=True, tail=lines)
        )
        return bytes(said).decode(errors="replace")

    def trouble(self, container_id: str) -> Trouble:
        """Why one does not answer."""
        try:
            seen = self._docker.ask("the container", lambda client: client.inspect_container(container_id))
            state = seen.get("State") or {}
            crashes = int(seen.get("RestartCount") or 0)
            if state.get("Running") and not state.get("Restarting") and crashes == 0:
                return Trouble(0, "")
            said = self._docker.ask("the container", lambda client: client.logs(container_id, tail=5))
        except NotFoundError:
            return Trouble(0, "")
        words = " ".join(bytes(said).decode(errors="replace").split())[-WORDS:]
        reason = str(state.get("Error") or "") or f"it ended with status {state.get('ExitCode')}"
        if state.get("OOMKilled"):
            reason = f"it used more than {self._settings.containers.memory_megabytes} MB of memory"
        return Trouble(crashes, f"{reason}: {words}" if words else reason)

    def _labels(self, record: Deployment) -> dict[str, str]:
        # Every one is set: an image has labels too, and they count where there is none of the container's own.
        return {
            OWNER: self._settings.owner,
            NAME: record.name,
            APPLICATION: record.application,
            REVISION: record.revision,
            HOST: record.host_name or "",
            PORT: str(record.tcp_port or ""),
            RECORD: record.model_dump_json(),
        }

    def _labelled(self, labels: list[str]) -> list[Container]:
        found = self._docker.ask("containers", lambda client: client.containers(all=True, filters={"label": labels}))
        return sorted(
            (self._seen(each) for each in found if NAME in (each.get("Labels") or {})),
            key=lambda container: (container.created, container.name),
        )

    def _seen(self, found: dict[str, Any]) -> Container:
        labels = found["Labels"]
        application = labels.get(APPLICATION) or labels[NAME]
        attached = (found.get("NetworkSettings") or {}).get("Networks") or {}
        network = attached.get(network_name(self._settings.owner, application)) or {}
        return Container(
            id=found["Id"],
            name=found["Names"][0].lstrip("/") if found.get("Names") else found["Id"][:12],
            deployment=labels[NAME],
            application=application,
            revision=labels.get(REVISION, ""),
            state=str(found.get("State", "")).lower(),
            address=network.get("IPAddress") or None,
            host=labels.get(HOST) or None,
            port=int(labels[PORT]) if labels.get(PORT) else None,
            created=int(found.get("Created") or 0),
            record=labels.get(RECORD, ""),
        )
