"""Virtual infrastructures: how to reach one, and what it has."""

from __future__ import annotations

from nai.catalogue.flavours import DeploymentFlavour
from nai.core.wire import WireModel, wire


class Location(WireModel):
    """Where an infrastructure stands."""

    id: str | None = None
    version: int = 0
    name: str | None = None
    latitude: str | None = None
    longitude: str | None = None


class NFVImage(WireModel):
    """An image; `min_ram` in MiB, `min_disk_space` in GiB, dates as Gson writes them."""

    id: str | None = None
    version: int = 0
    ext_id: str | None = wire("extId")
    name: str | None = None
    min_ram: int = wire("minRam", 0)
    min_disk_space: int = wire("minDiskSpace", 0)
    min_cpu: str | None = wire("minCPU")
    is_public: bool = wire("isPublic", default=False)
    disk_format: str | None = wire("diskFormat")
    container_format: str | None = wire("containerFormat")
    status: str | None = None
    created: str | int | None = None
    updated: str | int | None = None


class Subnet(WireModel):
    """A range of addresses of a network."""

    id: str | None = None
    version: int = 0
    name: str | None = None
    ext_id: str | None = wire("extId")
    network_id: str | None = wire("networkId")
    cidr: str | None = None
    gateway_ip: str | None = wire("gatewayIp")


class Network(WireModel):
    """A network; `external` ones have floating addresses."""

    id: str | None = None
    version: int = 0
    name: str | None = None
    ext_id: str | None = wire("extId")
    external: bool = False
    shared: bool = False
    subnets: list[Subnet] = []


class Server(WireModel):
    """An instance as its infrastructure reports it: addresses by network, floating address by network."""

    id: str | None = None
    version: int = 0
    name: str | None = None
    image: NFVImage | None = None
    flavor: DeploymentFlavour | None = None
    status: str | None = None
    extended_status: str | None = wire("extendedStatus")
    ext_id: str | None = wire("extId")
    ips: dict[str, list[str]] = {}
    floating_ips: dict[str, str] = wire("floatingIps", factory=dict)
    created: str | int | None = None
    updated: str | int | None = None
    host_name: str | None = wire("hostName")
    hypervisor_host_name: str | None = wire("hypervisorHostName")
    instance_name: str | None = wire("instanceName")


class VimInstance(WireModel):
    """An infrastructure (a point of presence) and what was found in it at its last refresh."""

    id: str | None = None
    version: int = 0
    name: str | None = None
    auth_url: str | None = wire("authUrl")
    tenant: str | None = None
    username: str | None = None
    password: str | None = None
    key_pair: str | None = wire("keyPair")
    location: Location | None = None
    security_groups: list[str] = wire("securityGroups", factory=list)
    flavours: list[DeploymentFlavour] = []
    type: str | None = None
    images: list[NFVImage] = []
    networks: list[Network] = []
    project_id: str | None = wire("projectId")
    active: bool = False
