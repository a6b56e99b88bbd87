"""What the containers of an application find in their environment (wire contracts 1.4). Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nai.catalogue.applications import Application

REPOSITORY_PORT = "7676"
"""Of the repository server that runs beside the database."""


@dataclass(frozen=True)
class MediaPlane:
    """Where an application finds its media servers and its repository.

    Attributes:
        vnfm_address: Host of the media servers' manager, as containers reach it.
        vnfm_port: Its port.
        vnfr_id: The record that holds the application's media servers.
        repository_address: Host of its cloud repository; None: it has none.
    """

    vnfm_address: str
    vnfm_port: int
    vnfr_id: str
    repository_address: str | None = None


def application_environment(
    application: Application, media_plane: MediaPlane, service_hosts: dict[str, str]
) -> dict[str, str]:
    """The variables of the application's container; its own come last, so that a developer may set any of them.

    Args:
        application: The application, with its services.
        media_plane: Where its media servers are.
        service_hosts: Host by the name of the supporting service, as the application's container reaches it.
    """
    variables = {
        "VNFR_ID": media_plane.vnfr_id,
        "VNFM_IP": media_plane.vnfm_address,
        "VNFM_PORT": str(media_plane.vnfm_port),
        "ROUTE": application.route or "",
    }
    if media_plane.repository_address and application.cloud_repository:
        variables |= {"CLOUDREPO_IP": media_plane.repository_address, "CLOUDREPO_PORT": REPOSITORY_PORT}
    if media_plane.repository_address and application.cdn_connector:
        variables["CDN_SERVER_IP"] = media_plane.repository_address
    for service in application.services:
        prefix = variable_prefix(service.name or "")
        variables[f"{prefix}_HOST"] = service_hosts[service.name or ""]
        variables |= {f"{prefix}_{each.name}": each.value or "" for each in service.env_vars}
    return variables | {each.name: each.value or "" for each in application.env_vars if each.name}


def variable_prefix(service_name: str) -> str:
    """What the variables of a supporting service begin with: its name in capitals, nothing that a shell would mind."""
    return re.sub(r"[^A-Z0-9_]", "_", service_name.upper())
