"""Quotas: what a tenant may use, or has left."""

from __future__ import annotations

from nai.core.wire import WireModel, wire


class Quota(WireModel):
    """Numbers of things; `ram` in MiB."""

    id: str | None = None
    version: int = 0
    tenant: str | None = None
    cores: int = 0
    floating_ips: int = wire("floatingIps", 0)
    instances: int = 0
    key_pairs: int = wire("keyPairs", 0)
    ram: int = 0
