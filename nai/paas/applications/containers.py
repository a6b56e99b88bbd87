"""What an engine is asked for on behalf of an application. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nai.paas.applications.addresses import by_ssh
from nai.paas.applications.environment import MediaPlane, application_environment
from nai.paas.engines.protocol import BuildRequest, DeploymentPhase, DeployRequest, PublishedPort

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nai.catalogue.applications import Application, Port, SupportingService
    from nai.paas.engines.protocol import DeploymentState

IN_BUILDS = ("VNFR_ID", "VNFM_IP", "VNFM_PORT", "ROUTE", "CLOUDREPO_IP", "CLOUDREPO_PORT", "CDN_SERVER_IP")
"""Variables that a build gets: none of the services', which may be passwords and would stay in the image."""


def build_request(application: Application, media_plane: MediaPlane) -> BuildRequest:
    """The image of an application."""
    url = application.git_url or ""
    bare = application.model_copy(update={"services": [], "env_vars": []})
    variables = application_environment(bare, media_plane, {})
    return BuildRequest(
        name=application.os_name or "",
        git_url=url,
        deploy_key=application.secret_name if by_ssh(url) else None,
        environment={name: value for name, value in variables.items() if name in IN_BUILDS},
    )


def application_request(
    application: Application, media_plane: MediaPlane, service_host: Callable[[str], str]
) -> DeployRequest:
    """The containers of an application."""
    hosts = {service.name or "": service_host(service.os_name or "") for service in application.services}
    return DeployRequest(
        name=application.os_name or "",
        image=None,
        replicas=application.replicas_number,
        ports=_ports(application.ports),
        environment=application_environment(application, media_plane, hosts),
        host_name=application.route,
        application=application.os_name or "",
    )


def service_request(application: Application, service: SupportingService) -> DeployRequest:
    """The containers of one of its supporting services."""
    return DeployRequest(
        name=service.os_name or "",
        image=service.docker_url,
        replicas=service.replicas_number,
        ports=_ports(service.ports),
        environment={each.name or "": each.value or "" for each in service.env_vars},
        host_name=None,
        application=application.os_name or "",
    )


def pods(state: DeploymentState) -> list[str]:
    """Names of the containers of a deployment."""
    return [pod.name for pod in state.pods]


def first_reason(names: Sequence[str], states: Sequence[DeploymentState], phase: DeploymentPhase) -> str | None:
    """Which of some deployments are in a phase, and why; None: none of them is."""
    found = [
        f"{name}: {state.reason or next((pod.reason for pod in state.pods if pod.reason), '') or phase.lower()}"
        for name, state in zip(names, states, strict=True)
        if state.phase is phase
    ]
    return "; ".join(found) or None


def _ports(ports: Sequence[Port]) -> list[PublishedPort]:
    return [PublishedPort(port.port or 0, port.target_port or port.port or 0, port.protocol or "TCP") for port in ports]
