"""An orchestrator in memory, as far as the modules see one (wire contract, sections 6.1 and 6.2)."""

from __future__ import annotations

import copy
import io
import itertools
import json
import re
import tarfile
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import Message
from types import ModuleType
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import parse_qs, unquote
from urllib.request import Request

import pytest
from ansible.module_utils.testing import patch_module_args
from ansible_collections.nubomedia.nai.plugins.module_utils import rest as client

ACCESS: dict[str, Any] = {"url": "http://nfvo.test:8080", "password": "a-secret-of-this-test"}


@dataclass
class FakeNfvo:
    """Answers `urlopen`.

    Attributes:
        collections: Documents by resource and id.
        down: Nothing answers.
        reads_until_active: How often a new record is read before it is ACTIVE.
        fate: What becomes of new records.
        expire: Tokens that are good for so many requests only; 0 for ever.
        writes: Method and path of what changed something.
    """

    collections: dict[str, dict[str, dict[str, Any]]] = field(
        default_factory=lambda: {
            "projects": {"p0": {"id": "p0", "name": "default"}},
            **{name: {} for name in ("datacenters", "ns-descriptors", "ns-records", "vnf-descriptors", "vnf-packages")},
        }
    )
    down: bool = False
    reads_until_active: int = 1
    fate: str = "ACTIVE"
    task: str = ""
    expire: int = 0
    logins: int = 0
    writes: list[tuple[str, str]] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)
    _numbers: Any = field(default_factory=lambda: itertools.count(1))
    _token_uses: int = 0

    def urlopen(self, request: Request, **_options: Any) -> io.BytesIO:
        """One request."""
        if self.down:
            raise URLError("Connection refused")
        path = unquote(request.selector)
        if path == "/oauth/token":
            return self._login(request)
        self._token_uses += 1
        if self.expire and self._token_uses > self.expire:
            self._fail(request, 401, {"error": "invalid_token"})
        parts = path.removeprefix("/api/v1/").split("/")
        assert parts[0] == "projects" or request.get_header("Project-id") == "p0"
        method = request.get_method()
        if method != "GET":
            self.writes.append((method, path))
        body = self._body(request)
        answer = self._answer(request, method, parts, body)
        return io.BytesIO(b"" if answer is None else json.dumps(answer).encode())

    def _login(self, request: Request) -> io.BytesIO:
        form = parse_qs(bytes(request.data or b"").decode())  # type: ignore[arg-type]
        assert request.get_header("Authorization") == "Basic b3BlbmJhdG9uT1NDbGllbnQ6c2VjcmV0"
        if form["password"] != [ACCESS["password"]]:
            self._fail(request, 401, {"error": "invalid_grant", "error_description": "Bad credentials"})
        self.logins += 1
        self._token_uses = 0
        return io.BytesIO(b'{"value": "a-token"}')

    def _body(self, request: Request) -> Any:
        content = bytes(request.data or b"")  # type: ignore[arg-type]
        kind = str(request.get_header("Content-type"))
        if kind.startswith("multipart/"):
            return content.split(b"\r\n\r\n", 1)[1].rsplit(b"\r\n--", 1)[0]
        if kind == "text/plain":
            return content
        body = json.loads(content) if content else None
        self.bodies.append(body)
        return body

    def _answer(self, request: Request, method: str, parts: list[str], body: Any) -> Any:
        items = self.collections[parts[0]]
        if len(parts) == 1:
            if method == "GET":
                return list(copy.deepcopy(items).values())
            return self._unpack(body) if parts[0] == "vnf-packages" else self._add(items, body)
        if parts[0] == "ns-records":
            return self._record(request, method, parts, body)
        if parts[1] not in items:
            self._fail(request, 404, {"code": "Not Found", "message": f"{parts[1]} is not there"})
        if method == "DELETE":
            del items[parts[1]]
            return None
        if len(parts) == 4:  # a script's text
            return "changed"
        if method == "PUT":
            items[parts[1]] = {**body, "id": parts[1], "hb_version": 1}
            items[parts[1]].pop("password", None)
        return copy.deepcopy(items[parts[1]])

    def _add(self, items: dict[str, dict[str, Any]], body: dict[str, Any]) -> dict[str, Any]:
        made = {**copy.deepcopy(body), "id": f"id-{next(self._numbers)}", "hb_version": 0}
        made.pop("password", None)
        items[made["id"]] = made
        return made

    def _unpack(self, content: bytes) -> dict[str, Any]:
        with tarfile.open(fileobj=io.BytesIO(content)) as tar:
            metadata = tar.extractfile("Metadata.yaml")
            assert metadata is not None
            found = re.search(r"^name: (.*)$", metadata.read().decode(), re.MULTILINE)
            scripts = [name.removeprefix("scripts/") for name in tar.getnames() if name.startswith("scripts/")]
        package = {
            "name": found[1] if found else "",
            "scripts": [{"id": f"s-{name}", "name": name} for name in scripts],
        }
        return {"id": self._add(self.collections["vnf-packages"], package)["id"]}

    def _record(self, request: Request, method: str, parts: list[str], body: Any) -> Any:
        records = self.collections["ns-records"]
        if method == "POST" and len(parts) == 2:
            nsd = self.collections["ns-descriptors"][parts[1]]
            vdu = {
                "vnfc": [{"id": "c", "connection_point": [{"id": "x", "floatingIp": "random"}]}],
                "vnfc_instance": [{}],
            }
            vnfr = {"id": "vnfr", "name": "media", "type": "media-server", "vdu": [vdu], "status": "NULL"}
            made = {
                "name": nsd["name"],
                "descriptor_reference": nsd["id"],
                "vnfr": [vnfr],
                "status": "NULL",
                "reads": 0,
            }
            return self._add(records, made)
        record = records.get(parts[1])
        if record is None:
            self._fail(request, 404, {"code": "Not Found", "message": f"{parts[1]} is not there"})
            return None
        if method == "GET":
            record["reads"] += 1
            if record["reads"] > self.reads_until_active:
                record["status"], record["task"] = self.fate, self.task
            return copy.deepcopy(record)
        record["reads"] = 0
        if method == "DELETE" and len(parts) == 2:
            del records[parts[1]]
            return None
        record["status"] = "SCALING"
        instances = record["vnfr"][0]["vdu"][0]["vnfc_instance"]
        if method == "POST":
            instances.append({})
        else:
            instances.pop()
        return None

    def _fail(self, request: Request, status: int, body: dict[str, Any]) -> None:
        raise HTTPError(request.full_url, status, "", Message(), io.BytesIO(json.dumps(body).encode()))


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeNfvo:
    """The orchestrator that the modules reach."""
    made = FakeNfvo()
    monkeypatch.setattr(client, "urlopen", made.urlopen)
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    return made


Run = Callable[..., dict[str, Any]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a module's `main` and returns its result."""

    def call(module: ModuleType, options: dict[str, Any], *, check: bool = False) -> dict[str, Any]:
        arguments = {**ACCESS, **options, "_ansible_check_mode": check, "_ansible_diff": True}
        with patch_module_args(arguments), pytest.raises(SystemExit):
            module.main()
        output = capsys.readouterr().out
        assert ACCESS["password"] not in output.replace(f'"{ACCESS["password"]}"', ""), "a password was shown"
        result: dict[str, Any] = json.loads(output)
        return result

    return call
