"""Cleaning up what belongs to no instance: after a killed nova-compute, a crashed host, a lost message.

Two questions, because only one of them can be answered at once:

- Half made: at start Nova sets every instance that it was building here to ERROR, and does not ask the driver to remove
  anything. So at start the driver removes the bodies of exactly those instances.
- Orphaned: a body whose instance Nova does not know, or knows on another host. A database that is restored or wrong
  would make all bodies orphans for a moment; they go when two passes in a row have found them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import containers, names, privileged
from .engine import APIError, NotFound, reason

if TYPE_CHECKING:
    from .engine import Engine

LOG = logging.getLogger(__name__)

_BUILDING = "building"
_MAKING_TASKS = frozenset(
    {
        "scheduling",
        "block_device_mapping",
        "networking",
        "spawning",
        "rebuilding",
        "rebuild_block_device_mapping",
        "rebuild_spawning",
    }
)


@dataclass(frozen=True)
class Known:
    """What Nova knows about an instance.

    Attributes:
        host: Compute host it is on.
        vm_state: Nova's stable state.
        task_state: What Nova is doing with it, empty for nothing.
    """

    host: str
    vm_state: str
    task_state: str

    @property
    def is_half_made(self) -> bool:
        """Nova was making it."""
        return self.vm_state == _BUILDING or self.task_state in _MAKING_TASKS


Lookup = Callable[[Iterable[str]], Mapping[str, Known]]
"""Returns what Nova knows about instances, by UUID; deleted and unknown ones are left out."""


class Recovery:
    """Finds and removes what is left over on this host."""

    def __init__(self, engine: Engine, host: str, lookup: Lookup, is_busy: Callable[[str], bool], ovsdb: str) -> None:
        """Remembers whom to ask.

        Args:
            engine: The host's engine.
            host: Name of this compute host.
            lookup: Asks Nova.
            is_busy: Whether this process is making or removing the instance right now.
            ovsdb: Open vSwitch database, empty for the host's own.
        """
        self._engine = engine
        self._host = host
        self._lookup = lookup
        self._is_busy = is_busy
        self._ovsdb = ovsdb
        self._suspects: set[str] = set()

    def at_start(self) -> list[str]:
        """Removes half-made bodies and ports without a body; returns the UUIDs of what was removed.

        Called before this process makes anything.
        """
        bodies = self._bodies()
        known = self._lookup(bodies)
        half_made = [
            uuid for uuid in bodies if uuid in known and known[uuid].host == self._host and known[uuid].is_half_made
        ]
        for uuid in half_made:
            LOG.warning("instance %s was never finished: removing its container", uuid)
            self._remove_container(bodies[uuid])
        return [*half_made, *self._remove_ports({uuid for uuid in bodies if uuid not in half_made})]

    def sweep(self) -> list[str]:
        """Removes bodies and ports that belong to no instance of this host for the second time; returns their UUIDs."""
        bodies = self._bodies()
        known = self._lookup(bodies)
        orphans = {
            uuid for uuid in bodies if not self._is_busy(uuid) and (uuid not in known or known[uuid].host != self._host)
        }
        over = sorted(orphans & self._suspects)
        self._suspects = orphans - set(over)
        for uuid in over:
            LOG.warning("container %s belongs to no instance of this host: removing it", names.container_name(uuid))
            self._remove_container(bodies[uuid])
        return [*over, *self._remove_ports({uuid for uuid in bodies if uuid not in over})]

    def _bodies(self) -> dict[str, str]:
        """UUID of the instance and engine's id, of all containers that are instances."""
        return {
            containers.label_of(one, names.LABEL_INSTANCE): str(one["Id"])
            for one in containers.all_instances(self._engine)
        }

    def _remove_container(self, container_id: str) -> None:
        try:
            self._engine.client.remove_container(container_id, force=True, v=True)
        except NotFound:
            return
        except APIError as error:
            LOG.error("container %s cannot be removed: %s", container_id[:12], reason(error))

    def _remove_ports(self, alive: set[str]) -> list[str]:
        """Unplugs this driver's ports whose instance has no body; a running process may just be making one."""
        lost: dict[str, list[str]] = {}
        for tap, uuid in privileged.ports(self._ovsdb):
            if uuid not in alive and not self._is_busy(uuid) and names.TAP.fullmatch(tap):
                lost.setdefault(uuid, []).append(tap)
        for uuid, taps in sorted(lost.items()):
            LOG.warning("ports %s belong to no container (instance %s): unplugging them", ", ".join(taps), uuid)
            privileged.unplug(taps, self._ovsdb)
        return sorted(lost)
