"""Where the services of an inventory are, and where their credentials lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import yaml

from nai.installer.checkout import checkout
from nai.installer.credentials import clouds_document, password_file, write_credentials
from nai.installer.inventory import Inventory, NotRenderableError


class EndpointsError(Exception):
    """The endpoints cannot be told; the text says why and what to do."""


@dataclass(frozen=True)
class Endpoint:
    """One service.

    Attributes:
        url: Where it answers.
        username: Who logs in.
        password_file: File of mode 0600 on the control host that holds the password and nothing else.
        ca_file: Certificate that signs the service's; None for plain http.
    """

    url: str
    username: str
    password_file: str
    ca_file: str | None


@dataclass(frozen=True)
class _Service:
    """How a service is found.

    Attributes:
        name: Its name for people.
        key: Its key in the release's `services`.
        scheme: Scheme of its URL.
        path: Path of its URL.
        username: Who logs in.
        secret: Variable that holds the password.
        credentials: Name of the password file.
    """

    name: str
    key: str
    scheme: str
    path: str
    username: str
    secret: str
    credentials: str


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
    _Service("rabbitmq", "rabbitmq", "amqp", "", "openstack", "rabbitmq_openstack_password", "rabbitmq"),
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
    address, clouds_file = _value(inventory, host, "nai_controller_address"), _value(inventory, host, "nai_clouds_file")
    ports = _services_of_release(_value(inventory, host, "nai_release"))
    found = {
        service.name: Endpoint(
            f"{service.scheme}://{address}:{_port(ports, service)}{service.path}",
            service.username,
            str(password_file(clouds_file, service.credentials)),
            None,
        )
        for service in SERVICES
    }
    passwords = {service.credentials: _secret(inventory, host, service.secret) for service in SERVICES}
    clouds = clouds_document(found["keystone"].url, _value(inventory, host, "nai_region_name"), passwords["keystone"])
    write_credentials(clouds_file, passwords, clouds)
    return Endpoints(inventory.name, found, clouds_file)


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


def _services_of_release(release: str) -> Mapping[str, Mapping[str, Any]]:
    path = checkout() / "playbooks" / "releases" / f"{release}.yml"
    try:
        facts = yaml.safe_load(path.read_text(encoding="utf-8"))["nai_release_facts"]
        services: Mapping[str, Mapping[str, Any]] = facts["services"]
    except (OSError, KeyError, TypeError, yaml.YAMLError) as error:
        raise EndpointsError(f"nai_release: there is no usable {path}; run `nai validate` on the inventory") from error
    return services


def _port(services: Mapping[str, Mapping[str, Any]], service: _Service) -> int:
    try:
        return int(services[service.key]["port"])
    except KeyError as error:
        raise EndpointsError(
            f"the release has no port of {service.key}; add it to its file in playbooks/releases"
        ) from error
