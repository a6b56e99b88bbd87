"""The media servers of an application."""

from __future__ import annotations

from nai.catalogue.lifecycle import Status
from nai.core.wire import WireModel, wire


class Host(WireModel):
    """One media server."""

    id: str | None = None
    hostname: str | None = None
    floating_ip: str | None = wire("floatingIp")
    status: str | None = None


class MediaServerGroup(WireModel):
    """The network service that holds an application's media servers."""

    id: str | None = None
    nsd_id: str | None = wire("nsdID")
    nsr_id: str | None = wire("nsrID")
    ms_vnfr_id: str | None = wire("msVnfrId")
    cloud_repository_vnfr_id: str | None = wire("cloudRepositoryVnfrId")
    status: Status | None = None
    hosts: list[Host] = []
