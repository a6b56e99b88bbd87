"""WebRTC statistics of an endpoint (`getStats`), which grow evenly from the moment it is connected."""

from __future__ import annotations

from typing import Any

# Bits per second: a usual video of a browser, and Opus.
RATES = {"VIDEO": 1_000_000, "AUDIO": 64_000}
PACKET_BYTES = {"VIDEO": 1100, "AUDIO": 160}
ROUND_TRIP_SECONDS = 0.02
JITTER_SECONDS = 0.003
REPORT_SECONDS = 5
"""One picture-loss indication and one negative acknowledgement in this time: a usual, good connection."""


def endpoint_statistics(endpoint_id: str, medium: str | None, connected_seconds: float, now: float) -> dict[str, Any]:
    """Returns the statistics by their ids.

    Args:
        endpoint_id: The endpoint.
        medium: `AUDIO` or `VIDEO`; None for both.
        connected_seconds: How long media has been flowing; 0 before that.
        now: Seconds since 1970.
    """
    found: dict[str, Any] = {endpoint_id: _endpoint(endpoint_id, now)}
    if connected_seconds <= 0:
        return found
    for kind in [medium] if medium else list(RATES):
        for direction in ("inbound", "outbound"):
            stream = _stream(endpoint_id, kind, direction, connected_seconds, now)
            found[stream["id"]] = stream
    return found


def _endpoint(endpoint_id: str, now: float) -> dict[str, Any]:
    latency = {"audioE2ELatency": 0.0, "videoE2ELatency": 0.0, "inputAudioLatency": 0.0, "inputVideoLatency": 0.0}
    return {"id": endpoint_id, "type": "endpoint", "timestamp": now, **latency}


def _stream(endpoint_id: str, medium: str, direction: str, seconds: float, now: float) -> dict[str, Any]:
    size = int(RATES[medium] / 8 * seconds)
    packets = size // PACKET_BYTES[medium]
    reports = int(seconds // REPORT_SECONDS)
    ssrc = str(sum(map(ord, f"{endpoint_id}{medium}{direction}")))
    stream = {
        "id": f"{direction}-{medium.lower()}-{ssrc}",
        "type": f"{direction}rtp",
        "timestamp": now,
        "ssrc": ssrc,
        "mediaType": medium,
        "isRemote": False,
        "firCount": 0,
        "pliCount": reports if medium == "VIDEO" else 0,
        "nackCount": reports,
        "sliCount": 0,
        "remb": RATES[medium],
    }
    if direction == "inbound":
        received = {"packetsReceived": packets, "bytesReceived": size, "packetsLost": packets // 10_000}
        return {**stream, **received, "fractionLost": 0.0, "jitter": JITTER_SECONDS}
    sent = {"packetsSent": packets, "bytesSent": size, "targetBitrate": float(RATES[medium])}
    return {**stream, **sent, "roundTripTime": ROUND_TRIP_SECONDS}
