"""What the program is told, by environment variables."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """Settings; each has an environment variable `KURENTO_<NAME>` in capitals.

    Attributes:
        address: Address that it listens on.
        port: Port that it listens on, as Kurento's `mediaServer.net.websocket.port`.
        path: Path of the WebSocket, as Kurento's `mediaServer.net.websocket.path`.
        session_memory_mib: Memory that each WebRtcEndpoint holds.
        session_cpu_percent: Share of one core that each connected WebRtcEndpoint uses.
        collection_seconds: How long the objects of a session stay after its connection is gone (240 s in Kurento).
        endpoint_file: Where an instance's user data writes its STUN and TURN server.
    """

    address: str = "0.0.0.0"  # noqa: S104  # the instance is reached by its floating IP
    port: int = 8888
    path: str = "/kurento"
    session_memory_mib: float = 4.0
    session_cpu_percent: float = 1.0
    collection_seconds: float = 240.0
    endpoint_file: Path = Path("/etc/kurento/modules/kurento/WebRtcEndpoint.conf.ini")


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Reads the settings.

    Raises:
        ValueError: A number is none, or is below zero; the text names the variable.
    """
    defaults = Settings()
    values: dict[str, object] = {}
    for field in fields(Settings):
        variable = f"KURENTO_{field.name.upper()}"
        if variable not in environment:
            continue
        kind = Path if field.name == "endpoint_file" else type(getattr(defaults, field.name))
        try:
            value = kind(environment[variable])
        except ValueError:
            raise ValueError(f"{variable} is {environment[variable]!r}, which is no {kind.__name__}") from None
        if isinstance(value, (int, float)) and value < 0:
            raise ValueError(f"{variable} is {value}, which is below zero")
        values[field.name] = value
    return Settings(**values)  # type: ignore[arg-type]  # each has the type of its default
