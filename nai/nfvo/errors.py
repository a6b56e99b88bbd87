"""How the orchestrator's errors leave it (wire contracts 6.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy.exc import DBAPIError, IntegrityError

from nai.catalogue import MessageError
from nai.core.errors import (
    ConflictError,
    ErrorAnswer,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    ServiceError,
    UnauthorizedError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class AlreadyExistsError(ConflictError):
    """Something of that name exists."""


class InUseError(ConflictError):
    """Something else needs it."""


class WrongStatusError(ConflictError):
    """What was asked for is not possible in the state it is in."""


class QuotaExceededError(ConflictError):
    """The infrastructure has no room for it."""


class StartingError(ServiceError):
    """The service is not ready yet: it waits for its database or for the broker."""


class Problem(BaseModel):
    """The body of an error."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"code": "Not Found", "message": "Key … was not found"}]})

    code: str
    message: str


class TokenProblem(BaseModel):
    """The body of an error about a token, as Spring's OAuth has it; clients log in again on it."""

    error: str
    error_description: str


def _validation(error: Exception) -> Mapping[str, Any]:
    found: Sequence[Any] = error.errors() if isinstance(error, RequestValidationError | ValidationError) else ()
    return {"code": "Bad Request", "message": "; ".join(_one(each) for each in found) or str(error)}


def _one(found: Mapping[str, Any]) -> str:
    place = [str(part) for part in found["loc"] if part not in ("body", "query", "path")]
    return f"{'.'.join(place) or 'the body'}: {found['msg']}"


def _token(error: Exception) -> Mapping[str, Any]:
    return {"error": "invalid_token", "error_description": str(error)}


def _contradiction(_error: Exception) -> Mapping[str, Any]:
    # Two requests at once: each looked, saw nothing, and the second one wrote what the first had written.
    return {"code": "Bad Request", "message": "it exists by now, or is needed by something that exists by now"}


def _database_away(_error: Exception) -> Mapping[str, Any]:
    # Not the error's text: it has the statement in it.
    return {"code": "Service Unavailable", "message": "the database does not answer; try again"}


BAD_REQUEST = ErrorAnswer(422, "Bad Request")

ERRORS: dict[type[Exception], ErrorAnswer] = {
    NotFoundError: ErrorAnswer(404, "Not Found"),
    UnauthorizedError: ErrorAnswer(401, body=_token, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'}),
    ForbiddenError: ErrorAnswer(403, "Unauthorized exception"),
    InvalidError: BAD_REQUEST,
    ConflictError: BAD_REQUEST,
    RequestValidationError: ErrorAnswer(422, body=_validation),
    ValidationError: ErrorAnswer(422, body=_validation),
    MessageError: BAD_REQUEST,
    IntegrityError: ErrorAnswer(422, body=_contradiction),
    DBAPIError: ErrorAnswer(503, body=_database_away, headers={"Retry-After": "2"}),
    StartingError: ErrorAnswer(503, "Service Unavailable", headers={"Retry-After": "2"}),
    ServiceError: BAD_REQUEST,
}
"""Which error becomes which answer; an error's nearest class counts. Whatever else happens is a 500."""

Declared = dict[int | str, dict[str, Any]]

_BAD_REQUEST: Declared = {422: {"model": Problem, "description": "What was asked for is wrong or not possible"}}
_NOT_FOUND: Declared = {404: {"model": Problem, "description": "It, or the project, does not exist"}}

_STARTING: Declared = {503: {"model": Problem, "description": "The service waits for its database or the broker"}}

OPEN: Declared = {**_BAD_REQUEST, **_NOT_FOUND, **_STARTING}
"""Answers of what needs no log-in."""

LOGGED_IN: Declared = {
    **OPEN,
    401: {"model": TokenProblem, "description": "Not logged in, or the token is unknown or expired"},
    403: {"model": Problem, "description": "The user's roles do not allow it"},
}
"""Answers of everything else."""

TOO_MANY_TRIES: Declared = {
    429: {"model": Problem, "description": "Too many wrong passwords; the header Retry-After says when to come again"}
}
"""Further answers of what takes a password."""
