"""The marketplace's errors, and how they leave it: all in the form of the original's 404 (wire contracts 4)."""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException

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
    from collections.abc import Mapping


class StartingError(ServiceError):
    """The service waits for its database."""


class PaasAwayError(ServiceError):
    """The PaaS manager does not say whose a token is."""


class FullError(ConflictError):
    """There are as many applications as the settings allow."""


class ApplicationNotFoundError(NotFoundError):
    """There is no such application, or it is somebody's own."""


class FieldsError(InvalidError):
    """A document has wrong fields.

    Attributes:
        fields: What is wrong with each, by its name on the wire.
    """

    def __init__(self, fields: Mapping[str, str]) -> None:
        """Name all of them."""
        super().__init__("; ".join(f"{name}: {text}" for name, text in fields.items()))
        self.fields = dict(fields)


class Problem(BaseModel):
    """The body of an error.

    Attributes:
        error: The status in words.
        exception: What kind it is.
        message: What is wrong and what to do.
        path: What was asked for.
        status: HTTP status.
        timestamp: When, in milliseconds since 1970.
        fields: What is wrong with each field, where it is about fields.
    """

    error: str
    exception: str
    message: str
    path: str
    status: int
    timestamp: int
    fields: dict[str, str] = {}


def fields_of(error: RequestValidationError) -> dict[str, str]:
    """What is wrong with each part of a request that is not of the right form."""
    found: dict[str, str] = {}
    for each in error.errors():
        place = ".".join(str(part) for part in each["loc"] if part not in ("body", "query", "path"))
        found[place[:200] or "the body"] = str(each["msg"])
    return found


def _document(answer: ErrorAnswer, error: Exception, text: str, path: str) -> Mapping[str, Any]:
    fields: dict[str, str] = getattr(error, "fields", {})
    message = text
    if isinstance(error, RequestValidationError):
        fields = fields_of(error)
        message = "; ".join(f"{place}: {problem}" for place, problem in fields.items())
    elif isinstance(error, DBAPIError):
        # Not the error's text: it has the statement in it.
        message = "The database does not answer; try again"
    content = {
        "error": HTTPStatus(answer.status).phrase,
        "exception": type(error).__name__,
        "message": message,
        "path": path,
        "status": answer.status,
        "timestamp": time.time_ns() // 1_000_000,
    }
    return content | ({"fields": fields} if fields else {})


def _answer(status: int, **headers: str) -> ErrorAnswer:
    return ErrorAnswer(
        status, document=_document, headers={name.replace("_", "-"): each for name, each in headers.items()}
    )


ERRORS: dict[type[Exception], ErrorAnswer] = {
    NotFoundError: _answer(404),
    UnauthorizedError: _answer(401, WWW_Authenticate="Bearer"),
    ForbiddenError: _answer(403),
    FullError: _answer(507),
    ConflictError: _answer(409),
    InvalidError: _answer(400),
    RequestValidationError: _answer(400),
    StartingError: _answer(503, Retry_After="2"),
    PaasAwayError: _answer(503, Retry_After="5"),
    DBAPIError: _answer(503, Retry_After="2"),
    ServiceError: _answer(400),
    HTTPException: ErrorAnswer(0, document=_document),
}
"""Which error becomes which answer; an error's nearest class counts. Whatever else happens is a 500."""

Declared = dict[int | str, dict[str, Any]]

READING: Declared = {
    400: {"model": Problem, "description": "What was asked for is wrong; `fields` says what"},
    401: {"model": Problem, "description": "One has to be logged in here, or the token is not good any more"},
    503: {"model": Problem, "description": "The service waits for its database, or the PaaS manager does not answer"},
}
"""Answers of everything."""

WRITING: Declared = {
    403: {"model": Problem, "description": "Somebody else has shared it"},
    404: {"model": Problem, "description": "There is no such application"},
}
"""Further answers of what changes an application."""

MAKING: Declared = {507: {"model": Problem, "description": "There is no room for another application"}}
"""Further answers of what adds one."""

ONE: Declared = {404: {"model": Problem, "description": "There is no such application"}}
"""Further answers of what reads a certain one."""
