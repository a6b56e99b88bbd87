"""Bodies of the PaaS manager's answers that are not documents of their own."""

from __future__ import annotations

from nai.catalogue.applications.application import Application
from nai.core.wire import WireModel, wire


class CreateApplicationAnswer(WireModel):
    """Answer of POST /app."""

    app: Application
    code: int = 200


class DeleteApplicationAnswer(WireModel):
    """Answer of DELETE /app/{id}; code 404 in an answer 200 where there was none."""

    id: str | None = None
    name: str | None = None
    suffix: str | None = None
    name_space: str | None = wire("nameSpace")
    code: int | None = None


class DeleteApplicationsAnswer(WireModel):
    """Answer of DELETE /app."""

    project_id: str | None = wire("projectId")
    message: str | None = None
    code: int | None = None
    responses: list[DeleteApplicationAnswer] = []


class BuildLogs(WireModel):
    """Answer of GET /app/{id}/buildlogs."""

    id: str | None = None
    name: str | None = None
    project_name: str | None = wire("projectName")
    log: str | None = None


class CreateSecret(WireModel):
    """The body of POST /secret: a private key that may read a Git repository."""

    project_name: str | None = wire("projectName")
    private_key: str | None = wire("privateKey")


class DeleteSecretAnswer(WireModel):
    """Answer of DELETE /secret/{projectName}/{secretName}."""

    secret_name: str | None = wire("secretName")
    project_name: str | None = wire("projectName")
    code: int = 200
