"""Which URLs a host can fetch."""

import socket
import urllib.error
import urllib.request
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.nubomedia.nai.plugins.module_utils.url_answers import problems

URL = "http://mirror.example.org/repodata/repomd.xml"


def test_files_that_are_there_and_one_that_is_not(tmp_path: Path) -> None:
    there, gone = tmp_path / "repomd.xml", tmp_path / "other.xml"
    there.write_text("x")
    assert problems([there.as_uri(), gone.as_uri()]) == {gone.as_uri(): "No such file or directory"}
    assert problems([]) == {}


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (urllib.error.URLError(ConnectionRefusedError(111, "Connection refused")), "Connection refused"),
        (urllib.error.URLError(socket.timeout()), "no answer within 5 s"),  # noqa: UP041
        (socket.timeout(), "no answer within 5 s"),  # noqa: UP041
        (ConnectionResetError(104, "Connection reset by peer"), "Connection reset by peer"),
        (urllib.error.HTTPError(URL, 404, "Not Found", Message(), None), "HTTP status 404"),
        (urllib.error.HTTPError(URL, 501, "No HEAD", Message(), None), None),
        (ValueError("unknown url type: 'mirror'"), "unknown url type: 'mirror'"),
    ],
)
def test_what_goes_wrong_is_told_in_words(
    monkeypatch: pytest.MonkeyPatch, error: Exception, reason: str | None
) -> None:
    def refuse(*_arguments: Any, **_options: Any) -> None:
        raise error

    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    assert problems([URL]) == ({URL: reason} if reason else {})
