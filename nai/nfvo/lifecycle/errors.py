"""What can go wrong in a service's life; each text ends up in `task`, where people look for the reason."""

from __future__ import annotations

from nai.core.errors import ConflictError, InvalidError, ServiceError


class LifecycleError(ServiceError):
    """An operation on a service failed."""


class WrongStatusError(ConflictError):
    """The service or instance is in a state that does not allow what was asked."""


class ScalingLimitError(InvalidError):
    """There may be no more, or have to be some, instances of this unit."""


class UnavailableError(LifecycleError):
    """The VNFM in charge is not registered or cannot be reached."""


class AnswerTimeoutError(LifecycleError):
    """A VNFM has not answered in time."""


class ManagerError(LifecycleError):
    """A VNFM reported an error; the text is its own.

    Attributes:
        refused: whether it did nothing at all, and will not: a media server with sessions is not let go, for example.
    """

    def __init__(self, text: str, *, refused: bool = False) -> None:
        """Take the VNFM's text, and whether it says that it has refused."""
        super().__init__(text)
        self.refused = refused


class GrantRefusedError(LifecycleError):
    """There is no room for what a function needs."""


class SupersededError(LifecycleError):
    """The operation was given up because the service is being terminated."""
