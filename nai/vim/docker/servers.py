"""Containers as servers, by name. Blocking; waiting is the driver's.

A container's name is unique in its engine, so of two requests with one name the second one finds the container of the
first one.
"""

from __future__ import annotations

from typing import Any

from nai.catalogue import DeploymentFlavour, NFVImage, Server
from nai.vim.docker import guest, networks, records
from nai.vim.docker.engine import Engine
from nai.vim.errors import VimError, VimNotFoundError
from nai.vim.requests import ANY_FLOATING_IP, ServerRequest

OWNER = "nai.vim"
FLAVOUR = "nai.flavour"
IMAGE = "nai.image"
FLOATING = "nai.floating."
"""Label of a network that a floating IP is wanted in; its value is what was wanted."""

STATUSES = {
    "created": "BUILD",
    "running": "ACTIVE",
    "restarting": "BUILD",
    "paused": "PAUSED",
    "exited": "SHUTOFF",
    "dead": "ERROR",
    "removing": "DELETED",
}


class Servers:
    """The containers that this VIM instance's drivers made."""

    def __init__(self, engine: Engine) -> None:
        """Contacts nothing."""
        self._engine = engine

    def find(self, name: str) -> Any | None:
        """Reads the container of a name.

        Raises:
            VimError: There is one that no driver of this VIM instance made.
        """
        try:
            found = self._engine.ask(f"server {name}", lambda client: client.containers.get(name))
        except VimNotFoundError:
            return None
        if found.name != name:  # the engine takes the beginning of an id as well
            return None
        owner = found.labels.get(OWNER)
        if owner != self._engine.name:
            raise VimError(
                f"VIM {self._engine.name}: there is a container {name} already, and it belongs to {owner or 'others'}"
            )
        return None if STATUSES.get(found.status) == "DELETED" else found

    def starting_with(self, prefix: str) -> list[Any]:
        """Reads the containers whose names start with a prefix, ordered by name."""
        wanted = {"label": f"{OWNER}={self._engine.name}"}
        found = self._engine.ask("servers", lambda client: client.containers.list(all=True, filters=wanted))
        return sorted((item for item in found if item.name.startswith(prefix)), key=lambda item: str(item.name))

    def find_or_create(self, request: ServerRequest) -> Any:
        """Finds the container of the request's name or makes it; it is not started.

        What goes into it is put there again as long as it has not been started: an earlier run may have been killed
        right after it was made.
        """
        what = f"server {request.name}"
        found = self.find(request.name)
        if found is None:
            options = self._options(request)
            try:
                self._engine.ask(what, lambda client: client.containers.create(**options))
            except VimError as error:
                if "is already in use by container" not in str(error):
                    raise
            found = self.find(request.name)
            if found is None:
                raise VimError(f"VIM {self._engine.name}: {what} was deleted right after it was made")
        if found.status == "created":
            self._prepare(found, request)
        return found

    def start(self, container: Any) -> None:
        """Starts a container and its user data, the first time, where the image has a shell."""
        what = f"server {container.name}"
        self._engine.ask(what, lambda _client: container.start())
        # By number: an image need not have a list of accounts.
        command = ["/bin/sh", "-c", guest.RUN_ONCE]
        try:
            self._engine.ask(what, lambda _client: container.exec_run(command, detach=True, user="0"))
        except VimError as error:
            # An image without a shell runs no user data; one that ended at once is reported by whoever waits for it.
            self._engine.ask(what, lambda _client: container.reload())
            if container.status == "running" and "no such file" not in str(error):
                raise

    def stop(self, container: Any) -> None:
        """Stops a container, with time to end by itself."""
        self._engine.ask(f"server {container.name}", lambda _client: container.stop(timeout=10))

    def delete(self, name: str) -> None:
        """Removes a container with its anonymous volumes."""
        found = self.find(name)
        if found is not None:
            try:
                self._engine.ask(f"server {name}", lambda _client: found.remove(force=True, v=True))
            except VimNotFoundError:
                return
            except VimError as error:
                if "already in progress" not in str(error):
                    raise

    def describe(self, container: Any) -> Server:
        """The container as a document of the catalogue."""
        attributes = container.attrs
        attached = (attributes.get("NetworkSettings") or {}).get("Networks") or {}
        ips = {name: [values["IPAddress"]] for name, values in attached.items() if values.get("IPAddress")}
        floating = {}
        for name, addresses in ips.items():
            wanted = container.labels.get(FLOATING + name)
            if wanted:
                floating[name] = addresses[0] if wanted == ANY_FLOATING_IP else wanted
        state = attributes.get("State") or {}
        status = STATUSES.get(str(state.get("Status") or container.status), "UNKNOWN")
        return Server(
            ext_id=container.id,
            name=container.name,
            status=status,
            extended_status=state.get("Error") or None,
            host_name=(attributes.get("Config") or {}).get("Hostname") or container.name,
            instance_name=container.name,
            image=NFVImage(name=container.labels.get(IMAGE), ext_id=attributes.get("Image")),
            flavor=self._flavour(container.labels.get(FLAVOUR)),
            ips=ips,
            floating_ips=floating,
        )

    def why_it_ended(self, container: Any) -> VimError:
        """The error for a container whose command ended at once."""
        state = container.attrs.get("State") or {}
        said = self._engine.ask("log", lambda _client: container.logs(tail=5)).decode(errors="replace")
        reason = state.get("Error") or f"its command ended with status {state.get('ExitCode')}"
        if state.get("OOMKilled"):
            reason = "it used more memory than its flavour has"
        said = " ".join(said.split())
        return VimError(f"VIM {self._engine.name}: server {container.name}: {reason}{f': {said}' if said else ''}")

    def used(self) -> tuple[int, int]:
        """VCPUs and MiB of memory that the containers' flavours promise."""
        flavours = records.flavours(self._engine)
        taken = [flavours.get(item.labels.get(FLAVOUR)) for item in self.starting_with("")]
        sizes = [size for size in taken if size is not None]
        return sum(size.vcpus for size in sizes), sum(size.ram for size in sizes)

    def _flavour(self, name: str | None) -> DeploymentFlavour | None:
        return records.flavours(self._engine).get(name) if name else None

    def _options(self, request: ServerRequest) -> dict[str, Any]:
        """The request as the engine's API takes it; everything that it names is looked up first."""
        engine = self._engine
        size = records.flavour(engine, request.flavour)
        image = engine.ask(f"image {request.image}", lambda client: client.images.get(request.image))
        attached = [(networks.network_of(engine, item.network), item.floating_ip) for item in request.networks]
        for key in request.keys:
            records.public_key(engine, key)
        host_cpus = int(engine.ask("host", lambda client: client.info())["NCPU"])
        labels = {OWNER: engine.name, FLAVOUR: str(size.flavour_key), IMAGE: request.image}
        ports: dict[str, list[tuple[str, int]]] = {}
        for network, wanted in attached:
            if wanted:
                labels[f"{FLOATING}{network.name}"] = wanted
            if wanted and wanted != ANY_FLOATING_IP:
                # An address of the engine's host: what the image offers is published there, under its own numbers.
                for port in (image.attrs.get("Config") or {}).get("ExposedPorts") or {}:
                    ports.setdefault(port, []).append((wanted, int(port.partition("/")[0])))
        return {
            "name": request.name,
            "hostname": request.name,
            "image": image.id,
            "labels": labels,
            # More than the host has is refused by the engine; what a flavour promises is a share, not a machine.
            "nano_cpus": min(size.vcpus, host_cpus) * 10**9,
            "mem_limit": f"{size.ram}m",
            "memswap_limit": f"{size.ram}m",
            "init": True,
            # An image whose command is a shell stays up.
            "stdin_open": True,
            "ports": ports,
            **({"network": str(attached[0][0].name)} if attached else {}),
        }

    def _prepare(self, container: Any, request: ServerRequest) -> None:
        """Attaches the other networks and puts files in."""
        container.reload()
        have = (container.attrs.get("NetworkSettings") or {}).get("Networks") or {}
        for attachment in request.networks[1:]:
            network = networks.network_of(self._engine, attachment.network)
            if network.name not in have:
                self._connect(str(network.ext_id), container)
        keys = [records.public_key(self._engine, name) for name in request.keys]
        archive = guest.archive(request.user_data, keys)
        if archive is not None:
            self._engine.ask(f"server {request.name}", lambda _client: container.put_archive("/", archive))

    def _connect(self, network_id: str, container: Any) -> None:
        self._engine.ask(
            f"server {container.name}", lambda client: client.networks.get(network_id).connect(container.id)
        )
