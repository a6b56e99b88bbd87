# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Where the services of a release are, and how they reach their database and the message bus."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError


def service_url(service: str, release: Mapping[str, Any], address: str, path: str = "") -> str:
    """URL of a service.

    Args:
        service: Key of the release's `services`, e.g. `keystone`.
        release: `nai_release_facts`.
        address: Address at which the services are reached.
        path: What follows the port, e.g. `/v3`.

    Raises:
        AnsibleFilterError: The release has no such service, or the service has no port.
    """
    port = release.get("services", {}).get(service, {}).get("port")
    if port is None:
        raise AnsibleFilterError(
            f"service_url: release {release.get('name')} has no port of service {service}; "
            f"add services.{service}.port to its file in playbooks/releases"
        )
    return f"http://{address}:{port}{path}"


def database_url(schema: str, release: Mapping[str, Any], address: str, user: str, password: str) -> str:
    """SQLAlchemy's URL of a schema in MariaDB.

    The port and the character set are named, so that Nova's templates of cell mappings have every part.
    """
    port = release["services"]["mariadb"]["port"]
    return f"mysql+pymysql://{user}:{password}@{address}:{port}/{schema}?charset=utf8mb3"


def transport_url(vhost: str, release: Mapping[str, Any], address: str, user: str, password: str) -> str:
    """oslo.messaging's URL of a virtual host in RabbitMQ."""
    port = release["services"]["rabbitmq"]["port"]
    return f"rabbit://{user}:{password}@{address}:{port}/{vhost}"


def service_database_url(schema: str, release: Mapping[str, Any], address: str, password: str) -> str:
    """SQLAlchemy's URL of the schema of one of our own services, which is the only one of the account of its name."""
    return f"mysql+asyncmy://{schema}:{password}@{address}:{release['services']['mariadb']['port']}/{schema}"


def broker_url(user: str, release: Mapping[str, Any], address: str, password: str) -> str:
    """AMQP's URL of the virtual host `/` in RabbitMQ."""
    return f"amqp://{user}:{password}@{address}:{release['services']['rabbitmq']['port']}/"


class FilterModule:
    """Filters of this file, for Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Names and functions."""
        return {
            "service_url": service_url,
            "database_url": database_url,
            "transport_url": transport_url,
            "service_database_url": service_database_url,
            "broker_url": broker_url,
        }
