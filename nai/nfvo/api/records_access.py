"""What the routers of records have in common: the way to the lifecycle, and the parts of a record by their ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nai.core.errors import NotFoundError

if TYPE_CHECKING:
    from fastapi import Request

    from nai.nfvo.lifecycle.orchestrator import Orchestrator


def orchestrator_of(request: Request) -> Orchestrator:
    """Return the running lifecycle."""
    orchestrator: Orchestrator = request.app.state.orchestrator
    return orchestrator


async def whole_record(request: Request, project_id: str, service_id: str) -> dict[str, Any]:
    """Return a service's whole document.

    Raises:
        NotFoundError: the project has no such service.
    """
    document = await orchestrator_of(request).records.document(service_id, project_id)
    if document is None:
        raise NotFoundError(f"NetworkServiceRecord with id {service_id} was not found")
    return document


async def part_of(request: Request, project_id: str, service_id: str, field: str, part_id: str) -> dict[str, Any]:
    """Return one part of a service's document, by its id.

    Args:
        request: the request.
        project_id: the project.
        service_id: the service.
        field: list that the part is in, for example `vnfr`.
        part_id: the part's id.

    Raises:
        NotFoundError: there is none.
    """
    document = await whole_record(request, project_id, service_id)
    for part in document.get(field, []):
        if part.get("id") == part_id:
            return dict(part)
    raise NotFoundError(f"NetworkServiceRecord {service_id} has no {field} with id {part_id}")
