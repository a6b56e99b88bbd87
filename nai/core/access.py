"""What happens around every request: its id, its line in the log, its figures.

Plain ASGI, so that bodies stream through.
"""

from __future__ import annotations

import json
import logging
import re
import time
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Histogram

from nai.core.identifiers import new_id
from nai.core.log import request_id

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("nai.access")
_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_QUIET = frozenset({"/health", "/ready", "/metrics"})
"""Asked every few seconds by machines; they are counted, not logged."""


class Figures:
    """Requests by route, as Prometheus reads them."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Put the figures into a registry."""
        self.requests = Counter(
            "nai_http_requests_total", "Requests answered.", ("method", "route", "status"), registry=registry
        )
        self.seconds = Histogram(
            "nai_http_request_seconds", "Seconds until the answer was sent.", ("method", "route"), registry=registry
        )


class Access:
    """Middleware around a service's application."""

    def __init__(self, app: ASGIApp, figures: Figures) -> None:
        """Wrap an application."""
        self._app = app
        self._figures = figures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
        identifier = given.decode() if _ID.fullmatch(given) else new_id()
        _without_trailing_slash(scope)
        token = request_id.set(identifier)
        started = time.perf_counter()
        status = 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", []), (b"x-request-id", identifier.encode())]
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception:
            log.exception("%s %s failed", scope["method"], scope["path"])
            if status:
                raise  # half an answer is out: only the connection can tell
            await _internal_error(sending, identifier)
        finally:
            self._note(scope, status or 499, time.perf_counter() - started)
            request_id.reset(token)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        # The pattern, not the path: else every identifier would be a figure of its own.
        route = getattr(scope.get("route"), "path", None) or "unknown"
        method = scope["method"]
        self._figures.requests.labels(method, route, status).inc()
        self._figures.seconds.labels(method, route).observe(seconds)
        if scope["path"] in _QUIET:
            return
        client = scope.get("client")
        fields = {
            "method": method,
            # Without the query: it may carry a secret.
            "path": scope["path"],
            "status": status,
            "milliseconds": round(seconds * 1000, 1),
            "client": client[0] if client else None,
        }
        log.info("%s %s %s", method, scope["path"], status, extra={"fields": fields})


def _without_trailing_slash(scope: Scope) -> None:
    """Clients of the day write it as they like; a redirect would lose the body of their POST."""
    path = scope["path"]
    if len(path) > 1 and path.endswith("/"):
        scope["path"] = path.rstrip("/") or "/"
        if scope.get("raw_path"):
            scope["raw_path"] = scope["raw_path"].rstrip(b"/") or b"/"


async def _internal_error(send: Send, identifier: str) -> None:
    text = f"The service failed; its log tells why under request {identifier}"
    body = json.dumps({"code": "Internal Server Error", "message": text}).encode()
    await send(
        {
            "type": "http.response.start",
            "status": 500,
            "headers": [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())],
        }
    )
    await send({"type": "http.response.body", "body": body})
