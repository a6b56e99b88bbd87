"""What a service's operator decides about all drivers; a VIM instance says the rest."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Network
from pathlib import Path

from nai.core.clock import Clock, SystemClock

NETWORK_RANGE = IPv4Network("192.168.0.0/16")


@dataclass(frozen=True)
class DriverOptions:
    """Settings of the drivers.

    Attributes:
        ca_file: Certificates (PEM) that vouch for the infrastructure's APIs; None uses the system's.
        request_timeout_seconds: Longest wait for one answer of an API.
        server_timeout_seconds: Longest wait until a server is ACTIVE, SHUTOFF or gone. The original took 300 s for a
            crash of its plug-in although the server came up (openbaton/NFVO issues; wire contract, section 12, c).
        network_range: Networks that a driver has to make get a /24 of it.
        name_servers: Resolvers that such a network's servers are told.
        clock: Time between two looks passes on it.
    """

    ca_file: Path | None = None
    request_timeout_seconds: float = 60
    server_timeout_seconds: float = 600
    network_range: IPv4Network = NETWORK_RANGE
    name_servers: tuple[str, ...] = ()
    clock: Clock = field(default_factory=SystemClock, compare=False)
