"""Does a service answer?"""

import http.client
import socket
from typing import Any

import pytest
from ansible_collections.nubomedia.nai.plugins.module_utils import probe


class FakeConnection:
    """An HTTP connection with a given status, or error."""

    answer: Any = 200
    asked: str = ""

    def __init__(self, *_args: Any, **_options: Any) -> None:
        pass

    def request(self, _method: str, path: str, **_options: Any) -> None:
        type(self).asked = path
        if isinstance(self.answer, Exception):
            raise self.answer

    def getresponse(self) -> Any:
        return type("Response", (), {"status": self.answer})()

    def close(self) -> None:
        pass


@pytest.fixture(autouse=True)
def fake(monkeypatch: pytest.MonkeyPatch) -> type[FakeConnection]:
    monkeypatch.setattr(http.client, "HTTPConnection", FakeConnection)
    monkeypatch.setattr(http.client, "HTTPSConnection", FakeConnection)
    return FakeConnection


@pytest.mark.parametrize("url", ["http://192.0.2.1:80/a?b=c", "https://[2001:db8::1]:443/a?b=c"])
@pytest.mark.parametrize("status", [200, 300, 401, 404])
def test_any_status_below_500_is_an_answer(
    fake: type[FakeConnection], monkeypatch: pytest.MonkeyPatch, url: str, status: int
) -> None:
    monkeypatch.setattr(fake, "answer", status)
    assert probe.http_problem(url) is None
    assert fake.asked == "/a?b=c"


def test_a_service_in_trouble(fake: type[FakeConnection], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fake, "answer", 503)
    assert probe.http_problem("http://192.0.2.1") == "http://192.0.2.1: HTTP status 503"


@pytest.mark.parametrize(
    ("error", "said"), [(OSError(111, "refused"), "refused"), (http.client.HTTPException(), "HTTPException")]
)
def test_no_answer(fake: type[FakeConnection], monkeypatch: pytest.MonkeyPatch, error: Exception, said: str) -> None:
    monkeypatch.setattr(fake, "answer", error)
    assert said in str(probe.http_problem("http://192.0.2.1"))


def test_tcp(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: Any, **_options: Any) -> None:
        raise OSError("refused")

    monkeypatch.setattr(socket, "create_connection", refuse)
    assert probe.tcp_problem("192.0.2.1", 80) == "192.0.2.1 port 80: refused"
    left, right = socket.socketpair()
    with right:
        monkeypatch.setattr(socket, "create_connection", lambda *_args, **_options: left)
        assert probe.tcp_problem("192.0.2.1", 80) is None
