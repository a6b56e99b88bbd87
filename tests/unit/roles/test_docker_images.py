"""The image synchroniser of Kilo's Docker hosts."""

import importlib.util
import io
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.repository import ROOT

SETTINGS = {
    "keystone_url": "http://192.0.2.10:5000/v2.0",
    "glance_url": "http://192.0.2.10:9292",
    "username": "nova",
    "password": "only-for-this-test",
    "project": "services",
    "refresh_seconds": 1000,
    "grace_period_seconds": 100,
}
NOW = 1_000_000.0


def load() -> ModuleType:
    """The program as a module."""
    path = ROOT / "roles/docker_images/files/nai_docker_images.py"
    spec = importlib.util.spec_from_file_location("nai_docker_images", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


program = load()


def plan(wanted: set[str], present: set[str], used: set[str], **state: Any) -> Any:
    """A plan at NOW."""
    return program.plan(wanted=wanted, present=present, used=used, state=state, now=NOW, settings=SETTINGS)


@pytest.mark.parametrize(
    ("name", "tagged"),
    [
        ("nubomedia/kurento-media-server", "nubomedia/kurento-media-server:latest"),
        ("busybox:1.24", "busybox:1.24"),
        ("registry.example.org:5000/kms", "registry.example.org:5000/kms:latest"),
    ],
)
def test_a_name_without_a_tag_is_latest(name: str, tagged: str) -> None:
    assert program.with_tag(name) == tagged


def test_what_is_missing_is_pulled_and_what_is_there_is_pulled_again_after_a_while() -> None:
    fresh, old = NOW - 10, NOW - 2000
    found = plan(
        {"a:1", "b:1", "c:1", "d:1"}, {"b:1", "c:1", "d:1"}, set(), pulled={"b:1": fresh, "c:1": old, "d:1": NOW + 9}
    )
    assert found.pull == ["a:1", "c:1", "d:1"]  # d's time lies in the future: the clock was wrong
    assert found.remove == []


def test_what_has_gone_from_glance_waits_and_goes() -> None:
    assert plan(set(), {"a:1"}, set(), pulled={"a:1": 1}).gone == {"a:1": NOW}
    waiting = plan(set(), {"a:1"}, set(), pulled={"a:1": 1}, gone={"a:1": NOW - 99})
    assert (waiting.remove, waiting.gone) == ([], {"a:1": NOW - 99})
    assert plan(set(), {"a:1"}, set(), pulled={"a:1": 1}, gone={"a:1": NOW - 100}).remove == ["a:1"]


@given(
    *(st.sets(st.sampled_from(["a:1", "b:1", "c:1", "d:1"])) for _ in range(4)),
    st.floats(min_value=0, max_value=NOW),
)
def test_nothing_in_use_wanted_or_foreign_is_ever_removed(
    wanted: set[str], present: set[str], used: set[str], pulled: set[str], since: float
) -> None:
    notes = {"pulled": dict.fromkeys(pulled, 1.0), "gone": dict.fromkeys(pulled, since)}
    found = plan(wanted, present, used, **notes)
    assert not set(found.remove) & (used | wanted)
    assert set(found.remove) <= pulled & present
    assert not set(found.pull) - wanted
    assert wanted - present <= set(found.pull)


class Host:
    """Docker and the APIs, as the program sees them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self.images, self.containers, self.broken = {"old:1", "in-use:1", "foreign:1"}, ["in-use:1"], {"broken"}
        self.glance = [{"id": "1", "name": "new"}, {"id": "2", "name": "broken"}, {"id": "3", "name": None}]
        self.calls: list[tuple[str, ...]] = []
        self.settings = folder / "settings.json"
        self.settings.write_text(json.dumps(SETTINGS))
        monkeypatch.setattr(program, "STATE", folder / "state.json")
        monkeypatch.setattr(program, "docker", self.docker)
        monkeypatch.setattr(program, "ask", self.ask)
        monkeypatch.setattr(sys, "argv", ["nai-docker-images", str(self.settings)])

    def docker(self, *arguments: str) -> str:
        """Docker's command line."""
        verb, last = arguments[0], arguments[-1]
        if verb == "images":
            rows = [f"{name.replace(':', '   ')}   0123   2 weeks ago   1 MB" for name in sorted(self.images)]
            return "\n".join(["REPOSITORY TAG IMAGE_ID CREATED SIZE", "<none> <none> 4567 2 weeks ago 1 MB", *rows])
        if verb == "ps":
            return "0123\n" if self.containers else ""
        if verb == "inspect":
            return "\n".join(self.containers)
        self.calls.append(arguments)
        if last.partition(":")[0] in self.broken:
            raise subprocess.CalledProcessError(1, arguments)
        getattr(self.images, "add" if verb == "pull" else "discard")(last)
        return ""

    def ask(self, url: str, token: str = "", body: Any = None) -> Any:
        """Keystone and Glance."""
        if url.endswith("/tokens"):
            assert body["auth"]["tenantName"] == "services"
            return {"access": {"token": {"id": "token-of-this-test"}}}
        assert token == "token-of-this-test"
        assert "container_format=docker&status=active&is_public=true" in url
        return {"images": self.glance}


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Host:
    """A host with three images and a container."""
    return Host(monkeypatch, tmp_path)


def test_a_broken_pull_stops_nothing_else_and_is_told(host: Host, capsys: pytest.CaptureFixture[str]) -> None:
    program.STATE.write_text(json.dumps({"pulled": {"old:1": 1, "in-use:1": 1}, "gone": {"old:1": 1, "in-use:1": 1}}))
    assert program.main() == 1
    assert host.images == {"new:latest", "in-use:1", "foreign:1"}
    assert capsys.readouterr().err == "docker pull broken:latest: ended with code 1\n"
    state = json.loads(program.STATE.read_text())
    assert set(state["pulled"]) == {"new:latest", "in-use:1"}
    assert set(state["gone"]) == {"in-use:1"}


def test_a_second_run_pulls_nothing_that_is_there(host: Host) -> None:
    host.broken = set()
    assert program.main() == 0
    host.calls.clear()
    assert program.main() == 0
    assert host.calls == []


def test_without_glance_nothing_is_removed(
    host: Host, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program.STATE.write_text(json.dumps({"pulled": {"old:1": 1}, "gone": {"old:1": 1}}))

    def refuse(*_arguments: Any, **_options: Any) -> Any:
        raise OSError("Connection refused")

    monkeypatch.setattr(program, "ask", refuse)
    assert program.main() == 1
    assert host.calls == []
    assert capsys.readouterr().err == "nothing was changed: Connection refused\n"


@pytest.mark.parametrize("text", ["{", "[]"])
def test_damaged_notes_count_as_none(host: Host, text: str) -> None:
    program.STATE.write_text(text)
    program.main()
    assert "old:1" in host.images


def test_a_second_one_does_nothing(host: Host) -> None:
    with program.STATE.with_suffix(".lock").open("w") as lock:
        program.fcntl.flock(lock, program.fcntl.LOCK_EX)
        assert program.main() == 0
    assert host.calls == []


def test_more_images_than_a_page(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    first = [{"id": str(number), "name": f"image-{number}"} for number in range(program.PAGE)]

    def ask(url: str, token: str = "", body: Any = None) -> Any:
        if body:
            return host.ask(url, token, body)
        return {"images": [{"id": "x", "name": "last"}] if f"&marker={program.PAGE - 1}" in url else first}

    monkeypatch.setattr(program, "ask", ask)
    assert len(program.names_in_glance(SETTINGS)) == program.PAGE + 1


def test_asking(monkeypatch: pytest.MonkeyPatch) -> None:
    class Opener:
        """Keeps the request."""

        def open(self, request: Any, timeout: float) -> Any:
            """Answers."""
            assert (request.get_method(), timeout) == ("POST", program.TIMEOUT_SECONDS)
            assert json.loads(request.data) == {"a": 1}
            return io.BytesIO(b'{"b": 2}')

    monkeypatch.setattr(program.urllib.request, "build_opener", lambda *_: Opener())
    assert program.ask("http://192.0.2.10/", body={"a": 1}) == {"b": 2}
