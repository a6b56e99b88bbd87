"""How every service is made and run."""

from __future__ import annotations

import asyncio
import os
import socket
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Match

from nai.core.access import Access, Figures
from nai.core.errors import (
    ConflictError,
    ErrorAnswer,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    ServiceError,
    UnauthorizedError,
)
from nai.core.log import set_up_logging
from nai.core.login_guard import TooManyTriesError, retry_after

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager

    from fastapi import APIRouter

    from nai.core.settings import StoringSettings

READY_SECONDS = 5.0
"""A part that has not answered by then is not ready."""

METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")

GRACE_SECONDS = 10
"""Requests that are being answered get this long when the service is stopped."""

_ERRORS: dict[type[Exception], ErrorAnswer] = {
    NotFoundError: ErrorAnswer(404, "Not Found"),
    ConflictError: ErrorAnswer(409, "Conflict"),
    InvalidError: ErrorAnswer(422, "Unprocessable Entity"),
    UnauthorizedError: ErrorAnswer(401, "Unauthorized", headers={"WWW-Authenticate": "Bearer"}),
    ForbiddenError: ErrorAnswer(403, "Forbidden"),
    TooManyTriesError: ErrorAnswer(429, "Too Many Requests", headers_of=retry_after),
    ServiceError: ErrorAnswer(400, "Bad Request"),
    RequestValidationError: ErrorAnswer(422, "Unprocessable Entity"),
    HTTPException: ErrorAnswer(0),
}


def create_app(
    title: str,
    version: str,
    *,
    lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]] | None = None,
    routers: Sequence[APIRouter] = (),
    errors: Mapping[type[Exception], ErrorAnswer] | None = None,
) -> FastAPI:
    """Make a service's application.

    Beside its routers it answers `/health` (the process lives), `/ready` (everything it needs answers; else 503) and
    `/metrics` (Prometheus, from `app.state.metrics`, a registry that the service may add to).

    Args:
        title: Of its OpenAPI document.
        version: Of its interface.
        lifespan: Opens what the service needs, and closes it. It names what `/ready` asks with `ready_when`.
        routers: Its routes, none with a trailing slash: requests with one are answered as without.
        errors: How its errors leave it; an error's nearest class counts. FastAPI's RequestValidationError and
            Starlette's HTTPException may be among them; the latter keeps its own status.
    """
    registry = CollectorRegistry()
    app = FastAPI(
        title=title,
        version=version,
        lifespan=lifespan,
        redirect_slashes=False,
        middleware=[Middleware(Access, figures=Figures(registry))],
    )
    app.state.metrics = registry
    app.state.readiness = {}
    for error, answer in {**_ERRORS, **(errors or {})}.items():
        app.add_exception_handler(error, _handler(answer))
    for router in routers:
        app.include_router(router)
    _add_own_routes(app, registry)
    _declare_errors_as_json(app)
    return app


def ready_when(app: FastAPI, **checks: Callable[[], Awaitable[None]]) -> None:
    """Name what `/ready` asks, for example `database=database.check`: each raises when it is not ready."""
    app.state.readiness.update(checks)


def serve(app: FastAPI, settings: StoringSettings) -> None:
    """Run a service until it is told to stop by SIGTERM or SIGINT. Under systemd it tells when it is ready."""
    set_up_logging(settings.log_level)
    config = uvicorn.Config(
        app,
        host=settings.listen_address,
        port=settings.listen_port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    _Server(config).run()


class _Server(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            notify("READY=1")


def notify(text: str) -> None:
    """Tell systemd about the service (sd_notify(3)); elsewhere nothing happens."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as client:
        client.connect("\0" + address[1:] if address.startswith("@") else address)
        client.sendall(text.encode())


def _handler(answer: ErrorAnswer) -> Callable[[Request, Exception], JSONResponse]:
    def handle(request: Request, error: Exception) -> JSONResponse:
        status, headers, text, shown = answer.status, answer.all_headers(error), None, answer
        if isinstance(error, RequestValidationError):
            text = "; ".join(f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in error.errors())
        elif isinstance(error, HTTPException):
            status, text = error.status_code, error.detail
            headers |= error.headers or {}
            if status == HTTPStatus.METHOD_NOT_ALLOWED:
                headers["Allow"] = _allowed(request)
            shown = replace(answer, status=status, code=answer.code or HTTPStatus(status).phrase)
        return JSONResponse(shown.content(error, text, request.url.path), status, headers)

    return handle


def _allowed(request: Request) -> str:
    """The methods that a path takes by any of its routes (RFC 9110, 10.2.1); Starlette names the first one's only."""

    def takes(method: str) -> bool:
        scope = {**request.scope, "method": method, "path_params": {}}
        return any(route.matches(dict(scope))[0] is Match.FULL for route in request.app.routes)

    return ", ".join(filter(takes, METHODS))


def _add_own_routes(app: FastAPI, registry: CollectorRegistry) -> None:
    @app.get("/health", include_in_schema=False)
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/ready", include_in_schema=False)
    async def ready() -> Response:
        checks: dict[str, Callable[[], Awaitable[None]]] = app.state.readiness
        found = dict(zip(checks, await asyncio.gather(*map(_state, checks.values())), strict=True))
        fine = all(state == "ok" for state in found.values())
        return JSONResponse({"ready": fine, "checks": found}, 200 if fine else 503)

    @app.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


def _declare_errors_as_json(app: FastAPI) -> None:
    """FastAPI declares the documents of errors with the route's own type, which may be text; they are always JSON."""
    made = app.openapi

    def openapi() -> dict[str, Any]:
        document = made()
        for methods in document["paths"].values():
            for operation in methods.values():
                for status, answer in operation["responses"].items():
                    content = answer.get("content")
                    if status[0] in "45" and content and "application/json" not in content:
                        answer["content"] = {"application/json": next(iter(content.values()))}
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way


async def _state(check: Callable[[], Awaitable[Any]]) -> str:
    try:
        await asyncio.wait_for(check(), READY_SECONDS)
    except TimeoutError:
        return f"no answer within {READY_SECONDS:g} s"
    except Exception as error:  # noqa: BLE001  # whatever it is: the part is not ready
        # Not the text: it may name hosts and users, and who asks is not logged in.
        return type(error).__name__
    return "ok"
