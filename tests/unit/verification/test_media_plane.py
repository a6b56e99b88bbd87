"""The proof of the media plane, against a plane that is as it should be and against others."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from websockets.exceptions import ConnectionClosedError

from nai.catalogue import NetworkServiceDescriptor
from nai.installer.verification.errors import CheckFailedError
from nai.installer.verification.media_plane import kurento
from nai.installer.verification.media_plane.descriptor import Wanted, network_service
from nai.installer.verification.media_plane.http import Service
from nai.installer.verification.media_plane.kurento import Kurento
from nai.installer.verification.media_plane.load import Load
from nai.installer.verification.media_plane.manager import Manager, MediaServer, Session
from nai.installer.verification.media_plane.nfvo import Nfvo
from nai.installer.verification.media_plane.scaling import Scaling
from nai.installer.verification.report import Report

MANAGER = {"type": "media-server", "active": True}
WANTED = Wanted("nai-verify-1", "nubomedia", "kms", "d1.medium", 2, "internal_nubomedia")


def test_the_descriptor_is_annex_1_with_thresholds_of_the_flavor() -> None:
    service = NetworkServiceDescriptor.from_wire(network_service(WANTED))
    (function,) = service.vnfd
    (unit,) = function.vdu
    assert (function.endpoint, unit.scale_in_out, unit.vm_image) == ("media-server", 3, ["kms"])
    out, back = function.auto_scale_policy
    assert [policy.alarms[0].threshold for policy in (out, back)] == [140, 60]
    assert [policy.actions[0].type for policy in (out, back)] == ["SCALE_OUT", "SCALE_IN"]


class Answers:
    """Answers requests in place of a network."""

    def __init__(self, answers: dict[str, tuple[int, Any]]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def __call__(self, method: str, url: str, **_options: Any) -> requests.Response:
        key = f"{method} {url.removeprefix('http://host')}"
        self.asked.append(key)
        if key not in self.answers:
            raise requests.ConnectionError("refused")
        answer = requests.Response()
        answer.status_code, body = self.answers[key]
        answer._content = json.dumps(body).encode()
        return answer


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, tuple[int, Any]]], Answers]:
    """Makes every session answer so."""

    def install(answers: dict[str, tuple[int, Any]]) -> Answers:
        made = Answers(answers)
        monkeypatch.setattr(requests.Session, "request", lambda _self, *args, **options: made(*args, **options))
        return made

    return install


def test_an_unwanted_answer_is_told_in_words(answering: Callable[..., Answers]) -> None:
    answering({"GET /a": (422, {"message": "no room"})})
    with pytest.raises(CheckFailedError, match=r"200 of GET http://host/a; seen: 422 of x: .*no room"):
        Service("x", "http://host").ask("GET", "/a")
    with pytest.raises(CheckFailedError, match="x does not answer: refused"):
        Service("x", "http://host").ask("GET", "/b")


def test_the_orchestrator_is_used_with_a_token_and_a_project(answering: Callable[..., Answers]) -> None:
    answers = answering(
        {
            "POST /oauth/token": (200, {"value": "t"}),
            "GET /api/v1/projects": (200, [{"name": "default", "id": "p"}]),
            "GET /api/v1/datacenters": (200, [{"name": "nubomedia"}]),
            "GET /api/v1/vnfmanagers": (
                200,
                [{"type": "media-server", "active": True}, {"type": "x", "active": False}],
            ),
            "POST /api/v1/ns-descriptors": (201, {"id": "d"}),
            "POST /api/v1/ns-records/d": (201, {"id": "r"}),
            "GET /api/v1/ns-records/r": (404, {}),
            "GET /api/v1/ns-records": (200, [{"id": "r", "name": "nai-verify-1"}, {"id": "s", "name": "mine"}]),
            "DELETE /api/v1/ns-records/r": (404, {}),
        }
    )
    nfvo = Nfvo("http://host/api/v1", "geheim")
    nfvo.log_in()
    assert nfvo.points_of_presence() == ["nubomedia"]
    assert nfvo.managers() == {"media-server": True, "x": False}
    assert nfvo.instantiate(nfvo.onboard(network_service(WANTED))) == "r"
    assert nfvo.record("r") is None
    assert nfvo.records_named("nai-verify-") == ["r"]
    nfvo.terminate("r")
    answers.answers["GET /api/v1/projects"] = (200, [{"name": "other", "id": "o"}])
    with pytest.raises(CheckFailedError, match="a project default"):
        nfvo.log_in()


def test_the_manager_is_read_as_the_wire_has_it(answering: Callable[..., Answers]) -> None:
    document = {"id": "1", "hostName": "ms-0", "usedPoints": 50, "maxCapacity": 100, "status": "ACTIVE"}
    session = {"id": "a", "ip": "192.0.2.1", "mediaServerId": "1", "points": 50}
    answering(
        {
            "GET /vnfr/v/media-server": (200, [document]),
            "POST /vnfr/v/app": (201, session),
            "GET /vnfr/v/app/a": (200, session),
            "PUT /vnfr/v/app/a/heartbeat": (200, None),
            "DELETE /vnfr/v/app/a": (204, None),
            "GET /monitor/ms-0/CONSUMED_CAPACITY": (200, 50.0),
        }
    )
    manager = Manager("http://host/vnfr", "v")
    assert manager.servers() == [MediaServer("1", "ms-0", "", 50, 100, "ACTIVE")]
    assert manager.register(50, "x") == Session("a", "192.0.2.1", "1", 50)
    assert manager.session("a") == session
    assert manager.consumed("ms-0") == 50
    manager.beat("a")
    manager.end("a")


class MediaProgram:
    """Answers as a media server does, an event in between."""

    def __init__(self) -> None:
        self.objects: set[str] = set()
        self.waiting: list[str] = []
        self.sessions: list[str | None] = []

    def send(self, text: str) -> None:
        request = json.loads(text)
        parameters = request["params"]
        self.sessions.append(parameters.get("sessionId"))
        result: dict[str, Any] = {"sessionId": "s"}
        answer: dict[str, Any] = {"jsonrpc": "2.0", "id": request["id"], "result": result}
        match request["method"]:
            case "ping":
                result["value"] = "pong"
            case "create":
                result["value"] = f"{len(self.objects)}_kurento.{parameters['type']}"
                self.objects.add(result["value"])
            case "release":
                self.objects.discard(parameters["object"])
            case _ if parameters["object"] not in self.objects:
                del answer["result"]
                answer["error"] = {"code": 40101, "message": "Object not found"}
        self.waiting += [json.dumps({"jsonrpc": "2.0", "method": "onEvent", "params": {}}), json.dumps(answer)]

    def recv(self, timeout: float) -> str:
        assert timeout > 0
        if not self.waiting:
            raise ConnectionClosedError(None, None)
        return self.waiting.pop(0)

    def close(self) -> None:
        self.waiting.clear()


def test_kurento_is_spoken_within_one_session(monkeypatch: pytest.MonkeyPatch) -> None:
    program = MediaProgram()
    monkeypatch.setattr(kurento, "connect", lambda *_args, **_options: program)
    with Kurento("192.0.2.1") as media:
        media.ping()
        pipeline = media.create("MediaPipeline")
        assert media.is_known(pipeline)
        media.release(pipeline)
        assert not media.is_known(pipeline)
        assert program.sessions == [None, "s", "s", "s", "s"]
        monkeypatch.setattr(program, "send", lambda _text: None)
        with pytest.raises(CheckFailedError, match=r"an answer of ws://192\.0\.2\.1:8888/kurento to ping"):
            media.ping()


def test_a_media_server_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: Any, **_options: Any) -> None:
        raise ConnectionRefusedError("refused")

    monkeypatch.setattr(kurento, "connect", refuse)
    with pytest.raises(CheckFailedError, match="a media server at ws://"):
        Kurento("192.0.2.1")


class Plane:
    """A media plane that scales one step with each look."""

    def __init__(self, maximum: int = 3, *, wrong_one: bool = False) -> None:
        self.used: dict[int, int] = {0: 0}
        self.placed: dict[str, int] = {}
        self.beats = 0
        self._maximum = maximum
        self._wrong_one = wrong_one
        self._numbers = itertools.count(1)

    def servers(self) -> list[MediaServer]:
        average = sum(self.used.values()) / len(self.used)
        if average >= 70 and len(self.used) < self._maximum:
            self.used[max(self.used) + 1] = 0
        elif average <= 30 and len(self.used) > 1:
            empty = [number for number, used in self.used.items() if not used]
            del self.used[max(self.used) if self._wrong_one else empty[0]]
        return [
            MediaServer(str(number), f"ms-{number}", f"192.0.2.{number}", used, 100, "ACTIVE")
            for number, used in self.used.items()
        ]

    def register(self, points: int, _name: str) -> Session | None:
        number = next((each for each, used in self.used.items() if used + points <= 100), None)
        if number is None:
            return None
        self.used[number] += points
        made = Session(str(next(self._numbers)), f"192.0.2.{number}", str(number), points)
        self.placed[made.id] = number
        return made

    def session(self, session_id: str) -> dict[str, Any] | None:
        return {"id": session_id} if session_id in self.placed else None

    def beat(self, _session_id: str) -> None:
        self.beats += 1

    def end(self, session_id: str) -> None:
        self.used[self.placed.pop(session_id)] -= 50


class Closing:
    """A media server that answers."""

    def close(self) -> None:
        """Nothing to do."""


@pytest.fixture
def no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing waits; each look at the clock is a second later."""
    seconds = itertools.count()
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    monkeypatch.setattr(time, "monotonic", lambda: float(next(seconds)))


def scaled(plane: Any, tmp_path: Path) -> Report:
    report = Report.begin(tmp_path, "1")
    work = Load(plane, "1", 60)
    connected: Any = Closing()
    proof = Scaling(
        report, plane, work, lambda: [each.hostname for each in plane.servers()], lambda _address: connected
    )
    try:
        proof.out()
        proof.back()
    except CheckFailedError:
        assert not report.passed
    return report


@pytest.mark.usefixtures("no_time")
def test_a_plane_that_scales_as_it_should(tmp_path: Path) -> None:
    plane = Plane()
    report = scaled(plane, tmp_path)
    assert report.passed, report.steps[-1]
    assert list(report.figures) == ["scale_out_to_2_seconds", "scale_out_to_3_seconds", "scale_in_seconds"]
    assert plane.beats > 0
    assert plane.used == {2: 0}


@pytest.mark.usefixtures("no_time")
@pytest.mark.parametrize(
    ("plane", "failed"),
    [
        (Plane(maximum=2), "load beyond 70 %: 3 media servers"),
        (Plane(maximum=4), "no more than 3 media servers however loaded"),
        (Plane(wrong_one=True), "load below 30 %: empty media servers go"),
    ],
)
def test_a_plane_that_does_not(tmp_path: Path, plane: Plane, failed: str) -> None:
    report = scaled(plane, tmp_path)
    assert report.steps[-1].name == failed
