"""What an engine says when it cannot do what it was asked for."""

from nai.core.errors import ServiceError


class EngineError(ServiceError):
    """The engine could not do it; the text says what and why."""


class EngineUnreachableError(EngineError):
    """The engine does not answer: nothing is known, and it is worth asking again."""


class EngineRefusedError(EngineError):
    """The engine answers, and says no: asking again is of no use."""
