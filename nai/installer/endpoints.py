"""Where the services of an inventory are, and where their credentials lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from nai.installer.credentials import clouds_document, password_file, write_credentials
from nai.installer.inventory import Inventory, NotRenderableError
from nai.installer.release import Release, ReleaseError


class EndpointsError(Exception):
    """The endpoints cannot be told; the text says why and what to do."""


@dataclass(frozen=True)
class Endpoint:
    """One service.

    Attributes:
        url: Where it answers.
        username: Who logs in; None where nobody does.
        password_file: File of mode 0600 on the control host that holds the password and nothing else; None likewise.
        ca_file: Certificate that signs the service's; None for plain http.
    """

    url: str
    username: str | None
    password_file: str | None
    ca_file: str | None


@dataclass(frozen=True)
class _Service:
    """How a service is found.

    Attributes:
        name: Its name for people.
        key: Its key in the release's `services`; a release without it does not have the service.
        scheme: Scheme of its URL.
        path: Path of its URL, unless the release names another one.
        username: Who logs in; empty where nobody does.
        secret: Variable that holds the password.
        credentials: Name of the password file.
        switch: Variable that says whether it is installed; empty when it always is.
        address: Variable that holds its address, unless the release says that clients outside of the cloud use it.
    """

    name: str
    key: str
    scheme: str
    path: str
    username: str
    secret: str
    credentials: str
    switch: str = ""
    address: str = "nai_controller_address"


def _media_plane(
    name: str, key: str, scheme: str, path: str = "", username: str = "", secret: str = "", credentials: str = ""
) -> _Service:
    return _Service(name, key, scheme, path, username, secret, credentials, address="nai_operations_address")


def _api(name: str, key: str, path: str = "") -> _Service:
    # All of OpenStack's APIs take the token of the same administrator.
    return _Service(name, key, "http", path, "admin", "keystone_admin_password", "keystone")


# MariaDB is not among them: its accounts are the services' own, and root logs in on the controller's socket alone.
SERVICES = (
    _api("keystone", "keystone", "/v3"),
    _api("glance", "glance"),
    _api("placement", "placement"),
    _api("nova", "nova_api", "/v2.1"),
    _api("neutron", "neutron_api"),
    _Service(
        *("dashboard", "dashboard", "http", "/dashboard", "admin", "keystone_admin_password", "keystone"),
        switch="packstack_dashboard",
    ),
    _Service("rabbitmq", "rabbitmq", "amqp", "", "openstack", "rabbitmq_openstack_password", "rabbitmq"),
    _media_plane("nfvo", "nfvo", "http", "/api/v1", "admin", "nfvo_admin_password", "nfvo"),
    # Its REST interface asks for no password, as the original's: it listens in the management network alone.
    _media_plane("media_server_vnfm", "vnfm_media_server", "http", "/vnfr"),
    # For managers of others.
    _media_plane("media_bus", "rabbitmq", "amqp", "/", "vnfm", "rabbitmq_vnfm_password", "media_bus"),
)


@dataclass(frozen=True)
class Endpoints:
    """All services of an inventory.

    Attributes:
        inventory: Name of the inventory.
        services: Each service by its name.
        clouds_file: clouds.yaml with the cloud `nai`.
    """

    inventory: str
    services: Mapping[str, Endpoint]
    clouds_file: str

    def as_dict(self) -> dict[str, dict[str, Any]]:
        """For JSON."""
        return {name: asdict(endpoint) for name, endpoint in self.services.items()}


def endpoints(inventory: Inventory) -> Endpoints:
    """The endpoints of an inventory; writes its password files and clouds.yaml where they are missing or out of date.

    Args:
        inventory: A valid inventory; no host is contacted.

    Raises:
        EndpointsError: The inventory has no controller, no such release, or no secrets yet.
    """
    controllers = inventory.groups.get("controller", ())
    if not controllers:
        raise EndpointsError(f"{inventory.name}: group controller has no host; run `nai validate` on the inventory")
    host = controllers[0]
    clouds_file = _value(inventory, host, "nai_clouds_file")
    try:
        release = Release.named(_value(inventory, host, "nai_release"))
    except ReleaseError as error:
        raise EndpointsError(f"nai_release: {error}; run `nai validate` on the inventory") from error
    services = [service for service in SERVICES if _is_installed(inventory, host, release, service)]
    found = {
        service.name: Endpoint(
            _url(inventory, host, release, service),
            service.username or None,
            str(password_file(clouds_file, service.credentials)) if service.credentials else None,
            None,
        )
        for service in services
    }
    passwords = {
        service.credentials: _secret(inventory, host, service.secret) for service in services if service.credentials
    }
    clouds = clouds_document(found["keystone"].url, _value(inventory, host, "nai_region_name"), passwords["keystone"])
    write_credentials(clouds_file, passwords, clouds)
    return Endpoints(inventory.name, found, clouds_file)


def _is_installed(inventory: Inventory, host: str, release: Release, service: _Service) -> bool:
    if service.key not in release.services:
        return False
    if service.address == "nai_operations_address" and "nfvo" not in release.services:
        return False
    return not service.switch or _value(inventory, host, service.switch) == str(True)


def _url(inventory: Inventory, host: str, release: Release, service: _Service) -> str:
    facts = release.services[service.key]
    if "port" not in facts:
        raise EndpointsError(f"the release has no port of {service.key}; add it to its file in playbooks/releases")
    # A service that clients outside of the cloud use may answer them at another address than the hosts.
    address = _value(inventory, host, "public_access_address" if facts.get("public") else service.address)
    return f"{service.scheme}://{address}:{facts['port']}{facts.get('path', service.path)}"


def _value(inventory: Inventory, host: str, name: str) -> str:
    try:
        return str(inventory.value(host, name))
    except NotRenderableError as error:
        raise EndpointsError(f"{name}: {error}; run `nai validate` on the inventory") from error


def _secret(inventory: Inventory, host: str, name: str) -> str:
    try:
        value = inventory.value(host, name)
    except NotRenderableError as error:
        raise EndpointsError(f"{name}: cannot be read; give the vault password of the inventory") from error
    if not value:
        raise EndpointsError(
            f"{name}: is not set; make the secrets with `nai secrets -i {inventory.directory}` or run site.yml"
        )
    return str(value)
