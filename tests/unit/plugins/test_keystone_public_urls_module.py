"""The module keystone_public_urls, against answers of Keystone's in this process."""

import io
import json
import urllib.error
from email.message import Message
from typing import Any

import pytest
from ansible_collections.nubomedia.nai.plugins.module_utils import identity
from ansible_collections.nubomedia.nai.plugins.modules import keystone_public_urls

from .conftest import RunModule

URL = "http://192.0.2.10:35357/v3"
OPTIONS = {"auth_url": URL, "password": "only-for-this-test", "address": "198.51.100.10"}


class Keystone:
    """Two public endpoints; keeps what it was asked."""

    def __init__(self) -> None:
        self.urls = {"a": "http://192.0.2.10:8774/v2/%(tenant_id)s", "b": "http://192.0.2.10:5000/v2.0"}
        self.asked: list[tuple[str, str]] = []
        self.error: Exception | None = None

    def open(self, request: Any, timeout: float) -> Any:
        """Stands in for urllib's opener."""
        assert timeout == 30
        if self.error:
            raise self.error
        path = request.full_url.removeprefix(URL)
        self.asked.append((request.get_method(), path))
        body: Any = json.loads(request.data) if request.data else None
        headers = Message()
        if path == "/auth/tokens":
            assert body["auth"]["identity"]["password"]["user"]["password"] == OPTIONS["password"]
            headers["X-Subject-Token"] = "token-of-this-test"
            return Answer(headers, {})
        assert request.get_header("X-auth-token") == "token-of-this-test"
        if request.get_method() == "PATCH":
            self.urls[path.rpartition("/")[2]] = body["endpoint"]["url"]
            return Answer(headers, body)
        return Answer(
            headers, {"endpoints": [{"id": i, "url": u, "interface": "public"} for i, u in self.urls.items()]}
        )


class Answer(io.BytesIO):
    """An HTTP answer."""

    def __init__(self, headers: Message, body: Any) -> None:
        super().__init__(json.dumps(body).encode())
        self.headers = headers


@pytest.fixture
def keystone(monkeypatch: pytest.MonkeyPatch) -> Keystone:
    """Keystone in place of urllib."""
    stand_in = Keystone()
    monkeypatch.setattr(identity.urllib.request, "build_opener", lambda *_: stand_in)
    return stand_in


def test_public_urls_get_the_address_and_nothing_else(keystone: Keystone, run_module: RunModule) -> None:
    for check, changed in ((True, True), (False, True), (True, False), (False, False)):
        result = run_module(keystone_public_urls, OPTIONS, check=check)
        assert result["changed"] is changed
        assert len(result["changes"]) == (2 if changed else 0)
        if check and changed:
            assert "PATCH" not in {method for method, _ in keystone.asked}
    assert keystone.urls == {"a": "http://198.51.100.10:8774/v2/%(tenant_id)s", "b": "http://198.51.100.10:5000/v2.0"}


def test_another_address_changes_them_again(keystone: Keystone, run_module: RunModule) -> None:
    run_module(keystone_public_urls, OPTIONS)
    result = run_module(keystone_public_urls, {**OPTIONS, "address": "cloud.example.org"})
    assert "http://cloud.example.org:5000/v2.0" in result["diff"]["after"]
    assert keystone.urls["b"] == "http://cloud.example.org:5000/v2.0"


def test_silence_is_no_error_in_a_dry_run(keystone: Keystone, run_module: RunModule) -> None:
    keystone.error = urllib.error.URLError("Connection refused")
    assert run_module(keystone_public_urls, OPTIONS, check=True)["changed"]
    result = run_module(keystone_public_urls, OPTIONS)
    assert result["msg"] == f"{URL}: Keystone does not answer (Connection refused); start it before this task"


@pytest.mark.parametrize(("code", "hint"), [(401, "check the administrator's password"), (500, "see Keystone's log")])
@pytest.mark.parametrize("check", [True, False])
def test_a_refusal_is_an_error(keystone: Keystone, run_module: RunModule, code: int, hint: str, check: bool) -> None:
    keystone.error = urllib.error.HTTPError(URL, code, "no", Message(), None)
    result = run_module(keystone_public_urls, OPTIONS, check=check)
    assert result["failed"]
    assert f"HTTP status {code}; {hint}" in result["msg"]
    assert OPTIONS["password"] not in result["msg"]


def test_an_address_of_version_6() -> None:
    assert identity.Endpoint("a", "http://[2001:db8::1]:5000/v3").at("cloud") == "http://cloud:5000/v3"
