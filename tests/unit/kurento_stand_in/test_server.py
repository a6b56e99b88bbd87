"""The stand-in without a network: requests in, messages out. tests/integration/kurento has the wire."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nai.kurento_stand_in import sdp
from nai.kurento_stand_in.errors import RpcError
from nai.kurento_stand_in.ice import IceServers, read_ice_servers
from nai.kurento_stand_in.server import MediaServer
from nai.kurento_stand_in.settings import Settings, read_settings
from nai.kurento_stand_in.statistics import endpoint_statistics

MANAGER = "manager_ServerManager"


class Connection:
    """A client's end."""

    def __init__(self, server: MediaServer) -> None:
        self.server = server
        self.messages: list[dict[str, Any]] = []
        self.send = self.messages.append

    def call(self, method: str, **parameters: Any) -> Any:
        """Sends a request; returns the whole answer."""
        before = len(self.messages)
        self.server.handle(json.dumps({"id": 1, "method": method, "params": parameters}), self.send)
        return next(item for item in self.messages[before:] if item.get("id") == 1)

    def value(self, method: str, **parameters: Any) -> Any:
        """Sends a request; returns the value of its result."""
        return self.call(method, **parameters)["result"].get("value")

    def invoke(self, target: str, operation: str, **parameters: Any) -> Any:
        """Invokes an operation."""
        return self.value("invoke", object=target, operation=operation, operationParams=parameters)

    def events(self) -> list[str]:
        """Types of what was pushed."""
        return [item["params"]["value"]["type"] for item in self.messages if item.get("method") == "onEvent"]


@pytest.fixture
def server(tmp_path: Path) -> MediaServer:
    """A server whose time is `server.time[0]`."""
    time = [0.0]
    settings = Settings(session_memory_mib=0.01, endpoint_file=tmp_path / "ini")
    made = MediaServer(settings, monotonic=lambda: time[0])
    made.time = time  # type: ignore[attr-defined]
    return made


@pytest.fixture
def client(server: MediaServer) -> Connection:
    """A connection."""
    return Connection(server)


def test_events_come_after_the_answer_that_caused_them(client: Connection) -> None:
    client.value("subscribe", object=MANAGER, type="ObjectCreated")
    client.value("create", type="MediaPipeline")
    assert [("id" in item, item.get("method")) for item in client.messages[-2:]] == [(True, None), (False, "onEvent")]


def test_tags_names_and_properties(client: Connection) -> None:
    pipeline = client.value("create", type="MediaPipeline")
    client.invoke(pipeline, "addTag", key="a", value="b")
    assert client.invoke(pipeline, "getTag", key="a") == "b"
    assert client.invoke(pipeline, "getTags") == [{"key": "a", "value": "b"}]
    client.invoke(pipeline, "removeTag", key="a")
    assert client.invoke(pipeline, "getTags") == []
    client.invoke(pipeline, "setName", name="mine")
    assert client.invoke(pipeline, "getName") == "mine"
    assert client.invoke(pipeline, "getGstreamerDot").startswith("digraph")
    assert client.call("invoke", object=pipeline, operation="addTag", operationParams={})["error"]["code"] == -32602


def test_a_hub_has_ports(client: Connection) -> None:
    pipeline = client.value("create", type="kurento.MediaPipeline")
    hub = client.value("create", type="Composite", constructorParams={"mediaPipeline": pipeline})
    port = client.value("create", type="HubPort", constructorParams={"hub": hub})
    assert client.invoke(hub, "getChilds") == [port]
    assert client.invoke(port, "getParent") == hub
    client.call("release", object=pipeline)
    assert client.invoke(MANAGER, "getPipelines") == []


def test_an_offer_of_the_servers_own(client: Connection, server: MediaServer) -> None:
    pipeline = client.value("create", type="MediaPipeline")
    one, two = (
        client.value("create", type="WebRtcEndpoint", constructorParams={"mediaPipeline": pipeline}) for _ in range(2)
    )
    client.value("subscribe", object=one, type="ConnectionStateChanged")
    answer = client.invoke(two, "processOffer", offer=client.invoke(one, "generateOffer"))
    client.invoke(one, "processAnswer", answer=answer)
    assert client.events() == ["ConnectionStateChanged"]
    assert client.invoke(one, "getRemoteSessionDescriptor") == answer
    assert [client.invoke(item, "getConnectionState") for item in (one, two)] == ["CONNECTED", "DISCONNECTED"]
    assert server.load() == 0.01
    client.invoke(two, "addIceCandidate", candidate={"candidate": "x"})
    assert server.load() == 0.02


def test_a_session_without_a_connection_is_collected_in_time(client: Connection, server: MediaServer) -> None:
    pipeline = client.value("create", type="MediaPipeline")
    session = client.call("connect")["result"]["sessionId"]
    server.connection_lost(client.send)
    server.time[0] = 239  # type: ignore[attr-defined]
    assert server.collect() == 0
    again = Connection(server)
    assert again.call("connect", sessionId=session)["result"]["sessionId"] == session
    server.time[0] = 600  # type: ignore[attr-defined]
    assert server.collect() == 0, "it came back"
    server.connection_lost(again.send)
    server.time[0] = 840  # type: ignore[attr-defined]
    assert server.collect() == 1
    assert pipeline not in server.objects
    assert Connection(server).call("connect", sessionId=session)["error"]["code"] == 40007


def test_closing_a_session_releases_what_it_held(client: Connection, server: MediaServer) -> None:
    client.value("create", type="MediaPipeline")
    client.call("closeSession")
    assert server.objects.pipelines() == []


def test_a_notification_is_not_answered(client: Connection) -> None:
    client.server.handle(json.dumps({"method": "ping"}), client.send)
    assert client.messages == []


def test_not_enough_memory_is_kurentos_error(
    client: Connection, monkeypatch: pytest.MonkeyPatch, server: MediaServer
) -> None:
    def full(_mib: float) -> bytearray:
        raise MemoryError

    monkeypatch.setattr("nai.kurento_stand_in.server.hold", full)
    pipeline = client.value("create", type="MediaPipeline")
    answer = client.call("create", type="WebRtcEndpoint", constructorParams={"mediaPipeline": pipeline})
    assert (answer["error"]["code"], answer["error"]["data"]) == (40009, {"type": "NOT_ENOUGH_RESOURCES"})
    assert server.objects.children(server.objects.get(pipeline)) == []


def test_statistics_grow_with_time() -> None:
    early, late = (endpoint_statistics("e", None, seconds, 0) for seconds in (1, 100))
    streams = [key for key in early if key != "e"]
    assert len(streams) == 4
    for key in streams:
        size = "bytesReceived" if "inbound" in key else "bytesSent"
        assert late[key][size] > early[key][size]
        assert late[key]["nackCount"] == 20


@pytest.mark.parametrize("offer", ["", "x=1", "v=0\r\nm=audio 9"])
def test_what_is_no_session_description(offer: str) -> None:
    with pytest.raises(RpcError, match="Error parsing SDP"):
        sdp.answer(offer, "192.0.2.1")


def test_ice_servers(tmp_path: Path) -> None:
    file = tmp_path / "ini"
    assert read_ice_servers(file) == IceServers()
    file.write_text("#turnURL=no\n; stunServerAddress=no\nstunServerPort=x\nturnURL = a:b@c:1?transport=tcp\n")
    assert read_ice_servers(file) == IceServers(turn_url="a:b@c:1?transport=tcp")


def test_settings() -> None:
    assert read_settings({}) == Settings()
    named = read_settings({"KURENTO_PORT": "1", "KURENTO_SESSION_CPU_PERCENT": "0.5", "KURENTO_ENDPOINT_FILE": "/x"})
    assert (named.port, named.session_cpu_percent, named.endpoint_file) == (1, 0.5, Path("/x"))
    with pytest.raises(ValueError, match="KURENTO_PORT is 'x', which is no int"):
        read_settings({"KURENTO_PORT": "x"})
    with pytest.raises(ValueError, match="below zero"):
        read_settings({"KURENTO_PORT": "-1"})
