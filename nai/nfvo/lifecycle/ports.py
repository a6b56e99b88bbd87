"""What the lifecycle needs from the rest of the orchestrator, so that it can be run without it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nai.catalogue import Action, Key, NetworkServiceDescriptor, VimInstance, VNFPackage
    from nai.nfvo.records.service import Function, Service


class Inventory(Protocol):
    """What was on-boarded: descriptors, infrastructures, keys, packages. Each belongs to a project."""

    async def descriptor(self, project_id: str, descriptor_id: str) -> NetworkServiceDescriptor | None:
        """Read a descriptor."""
        ...

    async def vim_instances(self, project_id: str) -> Sequence[VimInstance]:
        """Read the project's infrastructures, with credentials and what was found in them."""
        ...

    async def keys(self, project_id: str) -> Sequence[Key]:
        """Read the project's key pairs."""
        ...

    async def package(self, project_id: str, reference: str) -> VNFPackage | None:
        """Read a package with the texts of its scripts, by id or name."""
        ...


class Postman(Protocol):
    """Carries messages to VNFMs."""

    async def send(self, endpoint: str, message: Mapping[str, Any]) -> None:
        """Send a message to the VNFM in charge of a type.

        Raises:
            UnavailableError: there is none, or it cannot be reached now.
        """
        ...

    def is_idempotent(self, endpoint: str) -> bool:
        """Tell whether that VNFM recognises a message that it gets a second time."""
        ...

    def appearances(self, endpoint: str) -> int:
        """Return how often a VNFM of that type has registered: one more means that it may have forgotten."""
        ...

    async def appearance(self, endpoint: str, seen: int) -> None:
        """Wait until a VNFM of that type has registered more often than `seen` times."""
        ...


class Announcer(Protocol):
    """Tells subscribers what happened."""

    def service(self, action: Action, service: Service) -> None:
        """Announce something about a whole service; returns at once."""
        ...

    def function(self, action: Action, service: Service, function: Function) -> None:
        """Announce something about one function; returns at once."""
        ...
