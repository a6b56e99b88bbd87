"""Waiting for Neutron: for the ports of an instance, and for their being wired."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import eventlet
import nova.conf
from nova import exception
from oslo_log import log as logging

if TYPE_CHECKING:
    from .network import Vif

CONF = nova.conf.CONF
LOG = logging.getLogger(__name__)

_PLUGGED = "network-vif-plugged"


def complete(network_info: Any) -> list[Vif]:
    """Returns the ports of an instance, when Nova has them.

    Network information is a promise while Nova allocates ports; looking at it before, in a log line even, blocks for
    ever.
    """
    if network_info is None:
        return []
    if hasattr(network_info, "wait"):
        network_info.wait()
    return list(network_info)


class PortEvents:
    """What Neutron tells about ports."""

    def __init__(self, virtapi: Any) -> None:
        """Takes Nova's interface for drivers."""
        self._virtapi = virtapi

    @contextlib.contextmanager
    def expected(self, instance: Any, vifs: Sequence[Vif]) -> Iterator[None]:
        """Waits, behind the body of the `with`, until Neutron has wired the ports that were not.

        Raises:
            exception.VirtualInterfaceCreateException: It did not within vif_plugging_timeout, or failed, and that is
            fatal.
        """
        timeout = CONF.vif_plugging_timeout
        events = [(_PLUGGED, vif["id"]) for vif in vifs if vif.get("active", True) is False]
        if not timeout or not events:
            yield
            return
        try:
            with self._virtapi.wait_for_instance_event(instance, events, deadline=timeout, error_callback=_failed):
                yield
        except eventlet.Timeout as error:
            text = f"Neutron did not wire ports {', '.join(port for _, port in events)} within {timeout} s"
            if CONF.vif_plugging_is_fatal:
                raise exception.VirtualInterfaceCreateException(text) from error
            LOG.warning(text, instance=instance)


def _failed(event_name: str, instance: Any) -> None:
    LOG.error("Neutron reports a failure for %s", event_name, instance=instance)
    if CONF.vif_plugging_is_fatal:
        raise exception.VirtualInterfaceCreateException(f"Neutron reports a failure for {event_name}")
