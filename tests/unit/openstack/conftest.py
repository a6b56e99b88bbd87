"""A cloud in memory: enough of the APIs for the modules, with every request counted."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from openstack import exceptions


@dataclass
class Answer:
    """What `requests` gives for one request."""

    body: dict[str, Any]
    status_code: int = 200
    url: str = "http://fake"
    headers: dict[str, str] = field(default_factory=dict)
    reason: str = ""

    @property
    def content(self) -> bytes:
        """Empty for an answer without a body."""
        return b"{}" if self.body else b""

    def json(self) -> dict[str, Any]:
        """The body."""
        return self.body


class FakeService:
    """Collections of objects under `/<plural>`; `handlers` answer what is no plain collection."""

    def __init__(self, **collections: list[dict[str, Any]]) -> None:
        """Starts with the given objects."""
        self.collections = {name: {item["id"]: dict(item) for item in items} for name, items in collections.items()}
        self.handlers: list[tuple[str, str, Callable[..., dict[str, Any]]]] = []
        self.writes: list[tuple[str, str]] = []
        self.reads = 0
        self._numbers = itertools.count(1)

    def on(self, method: str, pattern: str, handler: Callable[..., dict[str, Any]]) -> None:
        """Answers requests whose path matches the pattern."""
        self.handlers.append((method, pattern, handler))

    def request(self, path: str, method: str, **options: Any) -> Answer:
        """One request, as an adapter of keystoneauth takes it."""
        if method == "GET":
            self.reads += 1
        else:
            self.writes.append((method, path))
        body = options.get("json") or {}
        for wanted, pattern, handler in self.handlers:
            if wanted == method and (found := re.fullmatch(pattern, path)):
                return Answer(handler(body, *found.groups()))
        return Answer(self._collection(method, path, body))

    def _collection(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        parts = urlsplit(path)
        plural, _, identifier = parts.path.strip("/").partition("/")
        items = self.collections[plural]
        if method == "GET":
            filters = {key: values[0] for key, values in parse_qs(parts.query).items()}
            return {plural: [item for item in items.values() if all(item.get(k) == v for k, v in filters.items())]}
        if method == "POST":
            [(key, values)] = body.items()
            made = {"enabled": True, **values, "id": f"{plural}-{next(self._numbers)}"}
            made.pop("password", None)
            items[made["id"]] = made
            return {key: made}
        if identifier not in items:
            raise exceptions.NotFoundException(f"{path} is not there")
        if method == "DELETE":
            del items[identifier]
            return {}
        [values] = body.values()
        items[identifier].update(values)
        return {}


@pytest.fixture
def identity() -> FakeService:
    """Keystone right after its bootstrap."""
    service = FakeService(
        domains=[{"id": "default", "name": "Default"}],
        regions=[{"id": "RegionOne"}],
        services=[{"id": "s0", "name": "keystone", "type": "identity", "description": ""}],
        endpoints=[],
        projects=[{"id": "p0", "name": "admin", "domain_id": "default", "enabled": True, "description": ""}],
        users=[{"id": "u0", "name": "admin", "domain_id": "default", "enabled": True}],
        roles=[{"id": "r0", "name": "admin"}],
    )
    assignments: list[dict[str, Any]] = []

    def assign(_body: dict[str, Any], project: str, user: str, role: str) -> dict[str, Any]:
        assignments.append({"user": {"id": user}, "role": {"id": role}, "scope": {"project": {"id": project}}})
        return {}

    service.on("PUT", r"/projects/(.*)/users/(.*)/roles/(.*)", assign)
    service.on("GET", r"/role_assignments", lambda _body: {"role_assignments": assignments})
    return service


@pytest.fixture
def connection(identity: FakeService) -> SimpleNamespace:
    """A connection with an identity service."""
    return SimpleNamespace(identity=identity)
