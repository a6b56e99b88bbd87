"""The stand-in speaks Kurento's protocol (wire contract, section 10)."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.integration.kurento.conftest import KurentoError, Lab

UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
MANAGER = "manager_ServerManager"
OFFER = """\
v=0
o=- 1 1 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1
m=audio 9 UDP/TLS/RTP/SAVPF 111
a=mid:0
a=setup:actpass
a=sendonly
a=rtpmap:111 opus/48000/2
a=ice-ufrag:theirs
m=video 9 UDP/TLS/RTP/SAVPF 96
a=mid:1
a=sendrecv
a=rtpmap:96 VP8/90000
""".replace("\n", "\r\n")


async def test_ping(lab: Lab) -> None:
    client = await lab.open()
    assert await client.call("ping", interval=240000) == {"value": "pong"}


async def test_objects_have_kurentos_ids_and_keep_their_session(lab: Lab) -> None:
    client = await lab.open()
    pipeline = await client.create("MediaPipeline")
    session = client.session
    endpoint = await client.create("WebRtcEndpoint", pipeline)
    assert re.fullmatch(rf"{UUID}_kurento\.MediaPipeline", pipeline)
    assert re.fullmatch(rf"{re.escape(pipeline)}/{UUID}_kurento\.WebRtcEndpoint", endpoint)
    assert client.session == session
    assert await client.invoke(pipeline, "getChilds") == [endpoint]
    assert await client.invoke(MANAGER, "getPipelines") == [pipeline]
    assert await client.invoke(endpoint, "getMediaPipeline") == pipeline
    assert (await client.invoke(MANAGER, "getInfo"))["type"] == "KMS"
    described = await client.call("describe", object=endpoint)
    assert (described["type"], described["hierarchy"][0]) == ("WebRtcEndpoint", "kurento.BaseRtpEndpoint")


async def test_a_session_of_webrtc_from_offer_to_statistics(lab: Lab) -> None:
    client = await lab.open()
    endpoint = await client.create("WebRtcEndpoint", await client.create("MediaPipeline"))
    for event in ("IceCandidateFound", "IceGatheringDone", "MediaStateChanged"):
        await client.call("subscribe", object=endpoint, type=event)
    answer = await client.invoke(endpoint, "processOffer", offer=OFFER)
    assert [line for line in answer.splitlines() if line.startswith("m=")] == [
        "m=audio 9 UDP/TLS/RTP/SAVPF 111",
        "m=video 9 UDP/TLS/RTP/SAVPF 96",
    ]
    assert "a=recvonly" in answer, "the offer sends only"
    assert "a=setup:active" in answer
    assert "theirs" not in answer, "ICE credentials are its own"
    before = await client.invoke(endpoint, "getStats")
    assert {item["type"] for item in before.values()} == {"endpoint"}
    await client.invoke(endpoint, "gatherCandidates")
    candidate = (await client.event("IceCandidateFound"))["data"]["candidate"]["candidate"]
    assert candidate.endswith("typ host")
    done = await client.event("IceGatheringDone")
    assert done["data"]["source"] == done["object"] == endpoint
    await client.event("MediaStateChanged")
    statistics = await client.invoke(endpoint, "getStats")
    inbound = next(
        item for item in statistics.values() if item["type"] == "inboundrtp" and item["mediaType"] == "VIDEO"
    )
    outbound = next(item for item in statistics.values() if item["type"] == "outboundrtp")
    assert {"jitter", "fractionLost", "packetsLost", "bytesReceived", "pliCount", "nackCount"} <= inbound.keys()
    assert {"roundTripTime", "targetBitrate", "bytesSent"} <= outbound.keys()
    await asyncio.sleep(0.05)
    later = await client.invoke(endpoint, "getStats", mediaType="VIDEO")
    assert later[inbound["id"]]["bytesReceived"] > inbound["bytesReceived"]
    assert {item.get("mediaType") for item in later.values()} == {None, "VIDEO"}


async def test_elements_are_connected_and_released_with_their_pipeline(lab: Lab) -> None:
    client = await lab.open()
    pipeline = await client.create("MediaPipeline")
    player = await client.create("PlayerEndpoint", pipeline, uri="http://x/video.webm")
    recorder = await client.create("RecorderEndpoint", pipeline, uri="file:///tmp/x")
    await client.call("subscribe", object=player, type="ElementConnected")
    await client.invoke(player, "connect", sink=recorder)
    assert (await client.event("ElementConnected"))["data"]["sink"] == recorder
    assert (await client.invoke(recorder, "getSourceConnections"))[0]["source"] == player
    assert await client.invoke(player, "getUri") == "http://x/video.webm"
    await client.invoke(player, "play")
    assert await client.invoke(player, "getState") == "START"
    await client.invoke(player, "disconnect", sink=recorder)
    assert await client.invoke(player, "getSinkConnections") == []
    await client.call("release", object=pipeline)
    with pytest.raises(KurentoError) as caught:
        await client.invoke(player, "getName")
    assert (caught.value.code, caught.value.error["data"]) == (40101, {"type": "MEDIA_OBJECT_NOT_FOUND"})


async def test_the_manager_tells_of_objects_of_all_clients_until_unsubscribed(lab: Lab) -> None:
    watcher, other = await lab.open(), await lab.open()
    subscription = (await watcher.call("subscribe", object=MANAGER, type="ObjectCreated"))["value"]
    pipeline = await other.create("MediaPipeline")
    assert (await watcher.event("ObjectCreated"))["data"]["object"] == pipeline
    await watcher.call("unsubscribe", subscription=subscription, object=MANAGER)
    watcher.events.clear()
    await other.create("MediaPipeline")
    await watcher.call("ping")
    assert watcher.events == []


async def test_a_client_that_comes_back_in_time_finds_everything(lab: Lab) -> None:
    client = await lab.open()
    pipeline = await client.create("MediaPipeline")
    await client.call("subscribe", object=MANAGER, type="ObjectCreated")
    session = client.session
    await client.socket.close()
    again = await lab.open()
    assert (await again.call("connect", sessionId=session))["sessionId"] == session
    assert await again.invoke(MANAGER, "getPipelines") == [pipeline]
    await (await lab.open()).create("MediaPipeline")
    assert await again.event("ObjectCreated")
    await asyncio.sleep(0.5)
    assert pipeline in lab.server.objects, "what is connected is not collected"


async def test_what_a_lost_client_held_is_collected_and_its_session_is_invalid(lab: Lab) -> None:
    client = await lab.open()
    pipeline = await client.create("MediaPipeline")
    endpoint = await client.create("WebRtcEndpoint", pipeline)
    session = client.session
    await client.socket.close()
    for _ in range(40):
        if endpoint not in lab.server.objects:
            break
        await asyncio.sleep(0.05)
    assert lab.server.objects.pipelines() == []
    again = await lab.open()
    with pytest.raises(KurentoError) as caught:
        await again.call("connect", sessionId=session)
    assert (caught.value.code, caught.value.error["data"]["type"]) == (40007, "INVALID_SESSION")
    # As Kurento's clients do then: a new session.
    assert "serverId" in await again.call("connect")


async def test_an_object_that_two_sessions_hold_outlives_the_first(lab: Lab) -> None:
    maker, user = await lab.open(), await lab.open()
    pipeline = await maker.create("MediaPipeline")
    await user.call("describe", object=pipeline)
    await maker.socket.close()
    await asyncio.sleep(0.5)
    assert await user.invoke(MANAGER, "getPipelines") == [pipeline]
    await user.call("unref", object=pipeline)
    assert await user.invoke(MANAGER, "getPipelines") == []


async def test_stun_and_turn_of_user_data_reach_new_endpoints(lab: Lab) -> None:
    client = await lab.open()
    pipeline = await client.create("MediaPipeline")
    lab.endpoint_file.write_text(
        "; by user data\nstunServerAddress=192.0.2.5\nstunServerPort=3478\nturnURL=u:p@192.0.2.6:3478\n"
    )
    endpoint = await client.create("WebRtcEndpoint", pipeline)
    assert await client.invoke(endpoint, "getStunServerAddress") == "192.0.2.5"
    assert await client.invoke(endpoint, "getStunServerPort") == 3478
    assert await client.invoke(endpoint, "getTurnUrl") == "u:p@192.0.2.6:3478"
    await client.call("subscribe", object=endpoint, type="IceCandidateFound")
    await client.call("subscribe", object=endpoint, type="IceGatheringDone")
    await client.invoke(endpoint, "gatherCandidates")
    await client.event("IceGatheringDone")
    kinds = [item["data"]["candidate"]["candidate"] for item in client.events if item["type"] == "IceCandidateFound"]
    assert [re.search(r"typ (\w+)", kind)[1] for kind in kinds] == ["host", "srflx", "relay"]  # type: ignore[index]
    await client.invoke(endpoint, "setTurnUrl", turnUrl="u:p@192.0.2.7:3478")
    assert await client.invoke(endpoint, "getTurnUrl") == "u:p@192.0.2.7:3478"


@pytest.mark.parametrize(
    ("method", "parameters", "code"),
    [
        ("create", {"type": "NoSuchThing"}, 40100),
        ("create", {"type": "WebRtcEndpoint"}, -32602),
        ("create", {}, -32602),
        ("invoke", {"object": MANAGER, "operation": "fly"}, 40105),
        ("invoke", {"object": "nothing", "operation": "getName"}, 40101),
        ("subscribe", {"object": MANAGER, "type": "Rain"}, 40106),
        ("release", {"object": MANAGER}, -32602),
        ("dance", {}, -32601),
        ("create", {"type": "MediaPipeline", "sessionId": "no-such-session"}, 40007),
    ],
)
async def test_errors_carry_kurentos_codes(lab: Lab, method: str, parameters: dict[str, Any], code: int) -> None:
    client = await lab.open()
    with pytest.raises(KurentoError) as caught:
        await client.call(method, **parameters)
    assert caught.value.code == code


@pytest.mark.parametrize(("text", "code"), [("{", -32700), ("[]", -32600), ('{"id": 1}', -32600)])
async def test_what_is_no_request_is_answered_and_the_connection_stays(lab: Lab, text: str, code: int) -> None:
    client = await lab.open()
    await client.socket.send(text)
    assert json.loads(await client.socket.recv())["error"]["code"] == code
    assert (await client.call("ping"))["value"] == "pong"


async def test_no_offer_at_all_is_a_parse_error(lab: Lab) -> None:
    client = await lab.open()
    endpoint = await client.create("WebRtcEndpoint", await client.create("MediaPipeline"))
    with pytest.raises(KurentoError, match="Error parsing SDP"):
        await client.invoke(endpoint, "processOffer", offer="nonsense")


async def test_another_path_is_closed_with_the_right_one(lab: Lab) -> None:
    async with connect(lab.url.replace("/kurento", "/other")) as socket:
        with pytest.raises(ConnectionClosed, match="the server is at /kurento"):
            await socket.recv()
