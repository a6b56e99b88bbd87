"""Making, starting and removing the container that is an instance's body, NICs included.

The order of a start: the container is created and started while Neutron is still allocating the ports. Its boot script
waits for the network, so that the instance's command never runs without it. Plugging is one request to the helper. An
image without a shell has no boot script; its container is started when the ports are there, and plugged at once.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from . import containers, guest, names, network, privileged
from .engine import APIError, NotFound

if TYPE_CHECKING:
    from oslo_config import cfg

    from .engine import Engine

LOG = logging.getLogger(__name__)

_HTTP_CONFLICT = 409


class Bodies:
    """The containers of this host's instances."""

    def __init__(self, engine: Engine, conf: cfg.ConfigOpts) -> None:
        """Takes the engine and nova.conf; nothing is contacted."""
        self._engine = engine
        self._section = conf.nai_docker
        self._shells: dict[str, bool] = {}

    def create(self, body: containers.Body, files: Sequence[guest.GuestFile]) -> tuple[str, bool]:
        """Creates a container and puts files into it.

        Args:
            body: What to create it from. Whether it has a boot script is found out here: the image needs a shell for
                it.
            files: Files to put in.

        Returns:
            The engine's id, and whether a boot script makes it wait for its network.

        Raises:
            APIError: The engine refuses.
        """
        gated = self._shells.get(body.engine_image, True)
        container_id = self._create(body, gated)
        if body.engine_image not in self._shells:
            self._shells[body.engine_image] = gated = self._has_shell(container_id)
            if not gated:
                LOG.info("image %s has no /bin/sh: its instances start without boot script", body.image_id)
                self.remove(container_id)
                container_id = self._create(body, gated)
        if files:
            self._engine.client.put_archive(container_id, "/", guest.archive(files, int(time.time())))
        return container_id, gated

    def start(self, container: str) -> None:
        """Starts a container; its NICs are plugged by `plug`.

        Raises:
            APIError: The engine cannot start it, as when the command is not in the image.
        """
        self._engine.client.start(container)

    def plug(self, instance_uuid: str, hostname: str, vifs: Sequence[network.Vif]) -> bool:
        """Gives a running container its NICs, and says whether it is running; a plugged NIC stays as it is.

        Raises:
            network.PortError: A port cannot be plugged.
            privileged.PlanError, run.CommandError: The helper refused or failed.
        """
        container = containers.find(self._engine, instance_uuid)
        if container is None or not container["State"]["Running"]:
            return False
        files = {container["HostsPath"]: network.hosts(hostname, vifs)}
        if (resolver := network.resolver(vifs)) is not None:
            files[container["ResolvConfPath"]] = resolver
        start = time.monotonic()
        made = privileged.plug(
            {
                "instance": instance_uuid,
                "netns": container["NetworkSettings"]["SandboxKey"],
                "interfaces": network.interfaces(vifs, self._section.bridge, self._section.tx_checksum_offload),
                "files": files,
                "ovsdb": self._section.ovsdb_connection,
            }
        )
        LOG.debug("instance %s: plugged %s in %.3f s", instance_uuid, made, time.monotonic() - start)
        return True

    def unplug(self, taps: Sequence[str]) -> None:
        """Takes NICs away; those that are gone are no failure."""
        if taps:
            privileged.unplug(list(taps), self._section.ovsdb_connection)

    def remove(self, container: str) -> None:
        """Ends and removes a container with its volumes; one that is gone is no failure.

        Raises:
            APIError: The engine cannot remove it.
        """
        try:
            self._engine.client.remove_container(container, force=True, v=True)
        except NotFound:
            return
        except APIError as error:
            # "Removal is already in progress": somebody else's request does it.
            if error.status_code != _HTTP_CONFLICT:
                raise

    def _create(self, body: containers.Body, gated: bool) -> str:
        request = containers.create_request(body, gated)
        name = names.container_name(body.instance_uuid)
        try:
            return str(self._engine.client.create_container_from_config(request, name)["Id"])
        except APIError as error:
            if error.status_code != _HTTP_CONFLICT:
                raise
        # An earlier attempt at this very instance was killed.
        LOG.warning("instance %s: replacing the container an earlier attempt left", body.instance_uuid)
        self.remove(name)
        return str(self._engine.client.create_container_from_config(request, name)["Id"])

    def _has_shell(self, container_id: str) -> bool:
        try:
            stream, _ = self._engine.client.get_archive(container_id, "/bin/sh")
        except NotFound:
            return False
        stream.close()
        return True
