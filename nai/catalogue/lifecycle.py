"""The life of a service and its functions: states, events, and the actions that managers and orchestrator exchange."""

from __future__ import annotations

from enum import StrEnum

from nai.core.wire import WireModel, wire


class _AnyCase(StrEnum):
    """An enumeration that descriptors written by hand may spell in any case."""

    @classmethod
    def _missing_(cls, value: object) -> _AnyCase | None:
        return cls.__members__.get(value.upper()) if isinstance(value, str) else None


class Event(_AnyCase):
    """A point in the life of a function that a descriptor can attach scripts to."""

    GRANTED = "GRANTED"
    ALLOCATE = "ALLOCATE"
    SCALE = "SCALE"
    RELEASE = "RELEASE"
    ERROR = "ERROR"
    INSTANTIATE = "INSTANTIATE"
    TERMINATE = "TERMINATE"
    CONFIGURE = "CONFIGURE"
    START = "START"
    STOP = "STOP"
    HEAL = "HEAL"
    SCALE_OUT = "SCALE_OUT"
    SCALE_IN = "SCALE_IN"
    SCALE_UP = "SCALE_UP"
    SCALE_DOWN = "SCALE_DOWN"
    UPDATE = "UPDATE"
    UPDATE_ROLLBACK = "UPDATE_ROLLBACK"
    UPGRADE = "UPGRADE"
    UPGRADE_ROLLBACK = "UPGRADE_ROLLBACK"
    RESET = "RESET"


class Action(_AnyCase):
    """What a message asks for or reports, and what event endpoints subscribe to."""

    GRANT_OPERATION = "GRANT_OPERATION"
    ALLOCATE_RESOURCES = "ALLOCATE_RESOURCES"
    SCALE_IN = "SCALE_IN"
    SCALE_OUT = "SCALE_OUT"
    SCALING = "SCALING"
    ERROR = "ERROR"
    RELEASE_RESOURCES = "RELEASE_RESOURCES"
    INSTANTIATE = "INSTANTIATE"
    MODIFY = "MODIFY"
    HEAL = "HEAL"
    UPDATEVNFR = "UPDATEVNFR"
    UPDATE = "UPDATE"
    SCALED = "SCALED"
    RELEASE_RESOURCES_FINISH = "RELEASE_RESOURCES_FINISH"
    INSTANTIATE_FINISH = "INSTANTIATE_FINISH"
    CONFIGURE = "CONFIGURE"
    START = "START"
    STOP = "STOP"
    RESUME = "RESUME"
    EXECUTE = "EXECUTE"


class Status(_AnyCase):
    """The state of a record. The order counts: a service is in the lowest state of its functions."""

    ERROR = "ERROR"
    NULL = "NULL"
    INITIALIZED = "INITIALIZED"
    INACTIVE = "INACTIVE"
    SCALING = "SCALING"
    ACTIVE = "ACTIVE"
    TERMINATED = "TERMINATED"

    @property
    def ordinal(self) -> int:
        """Return the place in the order, 0 (ERROR) to 6 (TERMINATED)."""
        return tuple(type(self)).index(self)


class LifecycleEvent(WireModel):
    """The scripts that run, in this order, at one point of the life."""

    id: str | None = None
    version: int = 0
    event: Event | None = None
    lifecycle_events: list[str] = []


class HistoryLifecycleEvent(WireModel):
    """Something that happened to a record."""

    id: str | None = None
    event: str | None = None
    description: str | None = None
    executed_at: str | None = wire("executedAt")
