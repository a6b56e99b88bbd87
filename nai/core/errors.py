"""Errors of the services: one hierarchy, which each service maps to status codes in one place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any


class ServiceError(Exception):
    """Base of what a service says to whoever asked: what was asked, what is wrong with it, what to do."""


class NotFoundError(ServiceError):
    """What was asked for does not exist."""


class ConflictError(ServiceError):
    """What was asked for contradicts what exists or is going on."""


class InvalidError(ServiceError):
    """What was asked for is wrong in itself."""


class UnauthorizedError(ServiceError):
    """Nobody is logged in, or the token is unknown or expired."""


class ForbiddenError(ServiceError):
    """Somebody is logged in who may not do this."""


@dataclass(frozen=True)
class ErrorAnswer:
    """How an error leaves the service.

    Attributes:
        status: HTTP status code.
        code: What the wire calls it; the body is `{"code": …, "message": …}` unless `body` says otherwise.
        body: Makes the whole body of the error instead.
        document: Makes it where more has to be in it than the error knows: of this answer, the error, the text for
            people and the path that was asked for.
        headers: Further headers of the answer.
        headers_of: Makes headers from the error itself.
    """

    status: int
    code: str = ""
    body: Callable[[Exception], Mapping[str, Any]] | None = None
    document: Callable[[ErrorAnswer, Exception, str, str], Mapping[str, Any]] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    headers_of: Callable[[Exception], Mapping[str, str]] | None = None

    def all_headers(self, error: Exception) -> dict[str, str]:
        """The further headers of the answer to this error."""
        return {**self.headers, **(self.headers_of(error) if self.headers_of else {})}

    def content(self, error: Exception, message: str | None = None, path: str = "") -> dict[str, Any]:
        """The body of the answer to this error.

        Args:
            error: What was raised.
            message: What to say instead of the error's own text.
            path: What was asked for.
        """
        if self.document is not None:
            return dict(self.document(self, error, str(error) if message is None else message, path))
        if self.body is not None:
            return dict(self.body(error))
        return {"code": self.code or str(self.status), "message": str(error) if message is None else message}
