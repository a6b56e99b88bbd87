"""An application: what a developer asks for, and what becomes of it."""

from __future__ import annotations

from nai.catalogue.applications.media_servers import MediaServerGroup
from nai.catalogue.applications.services import EnvironmentVariable, Port, SupportingService
from nai.catalogue.applications.words import AppStatus, Flavor, QualityOfService
from nai.core.wire import WireModel, wire


class ApplicationRequest(WireModel):
    """The fields that a request, an application and a marketplace entry share."""

    name: str | None = None
    git_url: str | None = wire("gitURL")
    ports: list[Port] = []
    flavor: Flavor | None = None
    replicas_number: int = wire("replicasNumber", 1)
    secret_name: str | None = wire("secretName")
    quality_of_service: QualityOfService | None = wire("qualityOfService")
    cloud_repository: bool = wire("cloudRepository", default=False)
    cdn_connector: bool = wire("cdnConnector", default=False)
    turn_server_activate: bool = wire("turnServerActivate", default=False)
    turn_server_url: str | None = wire("turnServerUrl")
    turn_server_username: str | None = wire("turnServerUsername")
    turn_server_password: str | None = wire("turnServerPassword")
    stun_server_activate: bool = wire("stunServerActivate", default=False)
    stun_server_ip: str | None = wire("stunServerIp")
    stun_server_port: str | None = wire("stunServerPort")
    number_of_instances: int = wire("numberOfInstances", 1)
    scale_out_limit: int = wire("scaleOutLimit", 0)
    scale_out_threshold: float = wire("scaleOutThreshold", 0.0)
    services: list[SupportingService] = []
    env_vars: list[EnvironmentVariable] = wire("envVars", factory=list, description="Of the application's containers")


class CreateApplication(ApplicationRequest):
    """The body of POST /app."""

    revision: str | None = wire(
        "revision", description="Which state of its source this is, in the developer's own words"
    )


class Application(ApplicationRequest):
    """An application of a project."""

    id: str | None = None
    revision: str | None = wire(
        "revision", description="Which state of its source this is, in the developer's own words"
    )
    os_name: str | None = wire("osName")
    project_name: str | None = wire("projectName")
    project_id: str | None = wire("projectId")
    route: str | None = None
    status: AppStatus | None = None
    status_reason: str | None = wire("statusReason", description="Why it is FAILED, or what it waits for")
    durations: dict[str, float] = wire("durations", factory=dict, description="Seconds spent in each status so far")
    created_by: str | None = wire("createdBy")
    created_at: str | None = wire("createdAt")
    pod_list: list[str] = wire("podList", factory=list)
    media_server_group: MediaServerGroup | None = wire("mediaServerGroup")
    resource_ok: bool = wire("resourceOK", default=False)
