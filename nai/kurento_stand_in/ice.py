"""The STUN and TURN server of an instance, as its user data writes them for Kurento."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class IceServers:
    """How endpoints are found through address translation.

    Attributes:
        stun_address: STUN server; empty for none.
        stun_port: Its port.
        turn_url: `user:password@address:port`, with `?transport=…` where that matters; empty for none.
    """

    stun_address: str = ""
    stun_port: int = 0
    turn_url: str = ""


def read_ice_servers(path: Path) -> IceServers:
    """Reads `WebRtcEndpoint.conf.ini`: `name=value` lines, `;` starts a comment. Without the file there are none.

    It is read for each new endpoint: user data may still be running when the server is up.
    """
    values: dict[str, str] = {}
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return IceServers()
    for line in lines:
        name, found, value = line.partition("=")
        if found and not name.lstrip().startswith((";", "#")):
            values[name.strip()] = value.strip()
    port = values.get("stunServerPort", "")
    return IceServers(
        stun_address=values.get("stunServerAddress", ""),
        stun_port=int(port) if port.isdigit() else 0,
        turn_url=values.get("turnURL", ""),
    )
