"""Ports, environment variables and the supporting services of an application."""

from __future__ import annotations

from nai.catalogue.applications.words import AppStatus
from nai.core.wire import WireModel, wire


class Port(WireModel):
    """A port that a container offers and the one that it is reached at inside the platform."""

    id: str | None = None
    port: int | None = None
    target_port: int | None = wire("targetPort")
    protocol: str | None = None


class EnvironmentVariable(WireModel):
    """A variable of a container's environment."""

    id: str | None = None
    name: str | None = None
    value: str | None = None


class SupportingService(WireModel):
    """A container beside the application, a database for instance, made from a ready image."""

    id: str | None = None
    name: str | None = None
    os_name: str | None = wire("osName")
    project_id: str | None = wire("projectId")
    replicas_number: int = wire("replicasNumber", 1)
    docker_url: str | None = wire("dockerURL")
    status: AppStatus | None = None
    route: str | None = None
    ports: list[Port] = []
    pod_list: list[str] = wire("podList", factory=list)
    env_vars: list[EnvironmentVariable] = wire("envVars", factory=list)
