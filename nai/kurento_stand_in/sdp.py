"""Session descriptions (RFC 4566): an answer for every offer, with ICE and DTLS parameters of the endpoint's own."""

from __future__ import annotations

import hashlib
import secrets

from .errors import SDP_PARSE_ERROR, RpcError

_KEPT = ("rtcp-mux", "rtpmap", "fmtp", "rtcp-fb", "mid", "extmap", "sctpmap", "sctp-port", "max-message-size")
_TURNED = {"sendonly": "recvonly", "recvonly": "sendonly", "sendrecv": "sendrecv", "inactive": "inactive"}
_SETUP = {"active": "passive", "passive": "active", "actpass": "active"}


def answer(offer: str, address: str) -> str:
    """Returns the answer to an offer: every medium is taken, with the codecs that are offered.

    Args:
        offer: The other side's description.
        address: The server's address.

    Raises:
        RpcError: It is no session description.
    """
    lines = [line.strip() for line in offer.splitlines() if line.strip()]
    if not lines or not lines[0].startswith("v=0"):
        raise RpcError(SDP_PARSE_ERROR, "Error parsing SDP: it does not start with v=0")
    answered = _session(address)
    answered += [line for line in lines if line.startswith("a=group:")]
    for line in lines:
        kind, _, value = line.partition("=")
        if kind == "m":
            if len(value.split()) < 4:
                raise RpcError(SDP_PARSE_ERROR, f"Error parsing SDP: {line}")
            answered += [line, f"c=IN IP4 {address}", *_transport()]
        elif kind == "a" and len(answered) > 1 and any(item.startswith("m=") for item in answered):
            answered += _attribute(value)
    return "\r\n".join(answered) + "\r\n"


def offer(address: str) -> str:
    """Returns an offer of audio and video."""
    lines = _session(address)
    for number, (medium, payload, codec) in enumerate((("audio", 96, "opus/48000/2"), ("video", 97, "VP8/90000"))):
        lines += [f"m={medium} 1 UDP/TLS/RTP/SAVPF {payload}", f"c=IN IP4 {address}", *_transport()]
        lines += ["a=setup:actpass", f"a=mid:{number}", "a=sendrecv", "a=rtcp-mux", f"a=rtpmap:{payload} {codec}"]
    return "\r\n".join(lines) + "\r\n"


def _session(address: str) -> list[str]:
    number = secrets.randbelow(2**32)
    return ["v=0", f"o=- {number} {number} IN IP4 {address}", "s=Kurento Media Server", f"c=IN IP4 {address}", "t=0 0"]


def _transport() -> list[str]:
    hashed = hashlib.sha256(secrets.token_bytes(16)).hexdigest().upper()
    fingerprint = ":".join(hashed[place : place + 2] for place in range(0, len(hashed), 2))
    ufrag, password = secrets.token_hex(2), secrets.token_hex(11)
    return [f"a=ice-ufrag:{ufrag}", f"a=ice-pwd:{password}", f"a=fingerprint:sha-256 {fingerprint}"]


def _attribute(value: str) -> list[str]:
    name, _, rest = value.partition(":")
    if value in _TURNED:
        return [f"a={_TURNED[value]}"]
    if name == "setup":
        return [f"a=setup:{_SETUP.get(rest, 'active')}"]
    return [f"a={value}"] if name in _KEPT else []
