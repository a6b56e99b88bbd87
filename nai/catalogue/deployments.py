"""What a client sends to have a service instantiated, and what the orchestrator tells about it."""

from __future__ import annotations

from typing import Any

from nai.catalogue.configurations import Configuration
from nai.catalogue.lifecycle import Action
from nai.catalogue.records import VirtualNetworkFunctionRecord
from nai.catalogue.security import Key
from nai.core.wire import WireModel, wire


class DeployNSRBody(WireModel):
    """The body of an instantiation; all of it may be missing.

    `vdu_vim_instances` maps a unit's name to the infrastructures it may run in; `keys` are names (or whole keys) to be
    put into the instances; `configurations` are by the VNFD's name and override those of the descriptor.
    """

    vdu_vim_instances: dict[str, list[str]] = wire("vduVimInstances", factory=dict)
    keys: list[Key | str] = []
    configurations: dict[str, Configuration] = {}

    @property
    def key_names(self) -> list[str]:
        """Return the names of the keys, however they were given."""
        names = [key if isinstance(key, str) else key.name for key in self.keys]
        return [name for name in names if name]


class ApplicationEventNFVO(WireModel):
    """An event as it is published: the payload is the NSR or VNFR it is about."""

    action: Action | None = None
    payload: dict[str, Any] | None = None


class EventFinishEvent(WireModel):
    """A function has finished an action."""

    action: Action | None = None
    virtual_network_function_record: VirtualNetworkFunctionRecord | None = wire("virtualNetworkFunctionRecord")


class HistoryEntity(WireModel):
    """A request somebody made; `timestamp` in milliseconds since 1970."""

    id: str | None = None
    username: str | None = None
    method: str | None = None
    path: str | None = None
    result: str | None = None
    timestamp: int = 0
