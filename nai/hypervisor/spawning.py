"""Making an instance from its image: what Nova calls spawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import nova.conf
from nova import exception
from oslo_log import log as logging

from . import names, network, ports
from .engine import DockerException, Engine, EngineError, reason
from .images import ImageError
from .instance import InstanceSetup
from .nova_glance import NovaSource
from .plan import PlanError
from .run import CommandError
from .source import SourceError
from .stopwatch import Stopwatch

if TYPE_CHECKING:
    from .bodies import Bodies
    from .images import ImageStore
    from .ports import PortEvents

CONF = nova.conf.CONF
LOG = logging.getLogger(__name__)

FAILURES = (DockerException, EngineError, network.PortError, PlanError, CommandError)
"""What can go wrong on this host, as opposed to with the image or the request."""


class Spawner:
    """Makes instances."""

    def __init__(self, engine: Engine, bodies: Bodies, images: ImageStore, events: PortEvents) -> None:
        """Takes the parts of the driver it works with."""
        self._engine = engine
        self._bodies = bodies
        self._images = images
        self._events = events

    def spawn(
        self,
        context: Any,
        instance: Any,
        image_meta: Any,
        injected_files: Sequence[tuple[str, bytes]] | None,
        network_info: Any,
        power_on: bool,
    ) -> None:
        """Makes an instance, and starts it unless it is to stay off; on failure nothing of it is left on this host.

        Raises:
            exception.ImageUnacceptable: The image or the request is wrong; it would be on any host.
            exception.VirtualInterfaceCreateException: Neutron did not provide its ports.
            exception.InstanceDeployFailure: This host failed; Nova tries another one.
        """
        try:
            clock = self._spawn(context, instance, image_meta, injected_files or (), network_info, power_on)
        except BaseException as error:
            self._discard(instance, network_info)
            if (translated := _translated(error, instance, image_meta)) is not None:
                raise translated from error
            raise
        LOG.info("spawned in %s", clock, instance=instance)

    def _spawn(
        self,
        context: Any,
        instance: Any,
        image_meta: Any,
        injected_files: Sequence[tuple[str, bytes]],
        network_info: Any,
        power_on: bool,
    ) -> Stopwatch:
        clock = Stopwatch()
        if not _image_id(image_meta):
            raise ValueError("instances on this host are made from an image; Docker cannot boot from a volume")
        image, _ = self._images.ensure(image_meta.id, NovaSource(context))
        clock.lap("image")
        setup = InstanceSetup(CONF, instance, image_meta, image)
        container_id, gated = self._bodies.create(setup.body(), setup.files(injected_files))
        clock.lap("create")
        if gated and power_on:
            self._bodies.start(container_id)
            clock.lap("start")
        vifs = ports.complete(network_info)
        clock.lap("wait for ports")
        if not power_on:
            return clock
        with self._events.expected(instance, vifs):
            if not gated:
                self._bodies.start(container_id)
                clock.lap("start")
            if not self._bodies.plug(instance.uuid, instance.hostname, vifs):
                raise exception.InstanceDeployFailure(reason=self._last_words(container_id))
            clock.lap("plug")
        clock.lap("wait for wiring")
        return clock

    def _discard(self, instance: Any, network_info: Any) -> None:
        """Removes what a failed spawn has made, without hiding why it failed."""
        try:
            self._bodies.remove(names.container_name(instance.uuid))
            if network_info is not None:
                network_info.wait(do_raise=False)
                self._bodies.unplug(network.taps(network_info))
        except FAILURES as error:
            LOG.warning("left over until the next clean-up: %s", reason(error), instance=instance)

    def _last_words(self, container_id: str) -> str:
        state = self._engine.client.inspect_container(container_id)["State"]
        output = self._engine.client.logs(container_id, tail=3).decode(errors="replace").strip()
        said = output or state.get("Error") or "none"
        return f"the instance's command ended at once with status {state['ExitCode']}; its last words: {said}"


def _translated(error: BaseException, instance: Any, image_meta: Any) -> BaseException | None:
    """Returns one of Nova's exceptions for one of this package's, None for others."""
    if isinstance(error, network.PortError):
        return _nova(exception.VirtualInterfaceCreateException(str(error)))
    if isinstance(error, FAILURES):
        return _nova(exception.InstanceDeployFailure(reason=f"{instance.uuid}: {reason(error)}"))
    if isinstance(error, (ImageError, SourceError, ValueError)):
        return _nova(exception.ImageUnacceptable(image_id=_image_id(image_meta), reason=str(error)))
    return None


def _image_id(image_meta: Any) -> str:
    """Returns Glance's id of the image; empty when the instance is to boot from a volume."""
    try:
        return str(image_meta.id or "")
    except NotImplementedError:  # a field of Nova's object that was not set
        return ""


def _nova(error: Any) -> BaseException:
    """Gives Nova's exceptions, which are untyped, their type."""
    return error if isinstance(error, BaseException) else RuntimeError(str(error))
