"""The PaaS manager's errors, and how they leave it (wire contracts 1.2).

Statuses are those that clients of the original see, where HTTP would have others: a forbidden request is a 401, a
missing project or user a 400. Bodies say more than the original's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError, IntegrityError

from nai.core.errors import (
    ConflictError,
    ErrorAnswer,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    ServiceError,
    UnauthorizedError,
)
from nai.core.login_guard import TooManyTriesError, retry_after
from nai.nfvo.client import NfvoError
from nai.paas.engines.errors import EngineError, EngineUnreachableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class StartingError(ServiceError):
    """The service waits for its database or another part."""


class ApplicationNotFoundError(NotFoundError):
    """There is no such application in the project."""


class DuplicatedError(ConflictError):
    """Something of that name exists."""


class WrongStateError(ConflictError):
    """The application is not in a state in which this is possible."""


class LimitError(ConflictError):
    """It would be more than a limit or a quota allows."""


class FieldsError(InvalidError):
    """A request has wrong fields.

    Attributes:
        fields: What is wrong with each, by its name on the wire.
    """

    def __init__(self, fields: Mapping[str, str]) -> None:
        """Name all of them."""
        super().__init__("; ".join(f"{name}: {text}" for name, text in fields.items()))
        self.fields = dict(fields)


class TurnServerError(FieldsError):
    """A TURN server is asked for and cannot be used as it is told; a status of its own on the wire."""


class NameStructureError(FieldsError):
    """The name of an application cannot be used."""


class Problem(BaseModel):
    """The body of an error.

    Attributes:
        error: What kind it is.
        message: What is wrong and what to do.
        fields: What is wrong with each field, where it is about fields.
    """

    error: str
    message: str
    fields: dict[str, str] = {}


def _problem(kind: str) -> Any:
    def body(error: Exception) -> Mapping[str, Any]:
        fields = getattr(error, "fields", None)
        content: dict[str, Any] = {"error": kind, "message": str(error)}
        return content | ({"fields": fields} if fields else {})

    return body


def _validation(error: Exception) -> Mapping[str, Any]:
    found: Sequence[Any] = error.errors() if isinstance(error, RequestValidationError) else ()
    fields = {_place(each): each["msg"] for each in found}
    text = "; ".join(f"{place}: {message}" for place, message in fields.items()) or str(error)
    return {"error": "Bad request", "message": text, "fields": fields}


def _place(found: Mapping[str, Any]) -> str:
    return ".".join(str(part) for part in found["loc"] if part not in ("body", "query", "path")) or "the body"


def _token(error: Exception) -> Mapping[str, Any]:
    return {"error": "invalid_token", "error_description": str(error), "message": str(error)}


def _contradiction(_error: Exception) -> Mapping[str, Any]:
    # Two requests at once: each looked, saw nothing, and the second one wrote what the first had written.
    return {"error": "Bad request", "message": "It exists by now, or is needed by something that exists by now"}


def _database_away(_error: Exception) -> Mapping[str, Any]:
    # Not the error's text: it has the statement in it.
    return {"error": "Service unavailable", "message": "The database does not answer; try again"}


def _answer(status: int, kind: str, **headers: str) -> ErrorAnswer:
    return ErrorAnswer(status, body=_problem(kind), headers=headers)


ERRORS: dict[type[Exception], ErrorAnswer] = {
    ApplicationNotFoundError: _answer(404, "Application not found"),
    UnauthorizedError: ErrorAnswer(401, body=_token, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'}),
    ForbiddenError: _answer(401, "Forbidden"),
    TooManyTriesError: ErrorAnswer(429, body=_problem("Too many tries"), headers_of=retry_after),
    DuplicatedError: _answer(409, "Duplicated"),
    TurnServerError: _answer(428, "Turn server requires authentication parameters"),
    WrongStateError: _answer(400, "Wrong state"),
    LimitError: _answer(400, "Limit reached"),
    NotFoundError: _answer(400, "Not found"),
    ConflictError: _answer(400, "Bad request"),
    InvalidError: _answer(400, "Bad request"),
    RequestValidationError: ErrorAnswer(400, body=_validation),
    IntegrityError: ErrorAnswer(400, body=_contradiction),
    DBAPIError: ErrorAnswer(503, body=_database_away, headers={"Retry-After": "2"}),
    StartingError: ErrorAnswer(503, body=_problem("Starting"), headers={"Retry-After": "2"}),
    EngineUnreachableError: ErrorAnswer(503, body=_problem("Engine unreachable"), headers={"Retry-After": "5"}),
    EngineError: _answer(502, "Engine refused"),
    NfvoError: _answer(502, "Orchestrator refused or unreachable"),
    ServiceError: _answer(400, "Bad request"),
}
"""Which error becomes which answer; an error's nearest class counts. Whatever else happens is a 500."""

Declared = dict[int | str, dict[str, Any]]

OPEN: Declared = {
    400: {"model": Problem, "description": "What was asked for is wrong, not possible, or does not exist"},
    503: {"model": Problem, "description": "The service waits for its database or another part"},
}
"""Answers of what needs no log-in."""

LOGGED_IN: Declared = {
    **OPEN,
    401: {"model": Problem, "description": "Not logged in, an unknown or expired token, or not allowed"},
}
"""Answers of everything else."""

DUPLICATED: Declared = {409: {"model": Problem, "description": "Something of that name exists"}}
"""Further answers of what gives a name."""

TOO_MANY_TRIES: Declared = {
    429: {"model": Problem, "description": "Too many wrong passwords; the header Retry-After says when to come again"}
}
"""Further answers of what takes a password."""

OUTSIDE: Declared = {502: {"model": Problem, "description": "The engine or the orchestrator refused"}}
"""Further answers of what the engine or the orchestrator is asked for."""
