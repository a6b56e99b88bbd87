"""`/ns-descriptors/{id}/security`: the security section of a service."""

from __future__ import annotations

from nai.catalogue import NetworkServiceDescriptor, Security
from nai.core.errors import NotFoundError
from nai.nfvo.api.access import InProject, Running
from nai.nfvo.api.routing import Id, resource
from nai.nfvo.onboarding.descriptors import update_service
from nai.nfvo.store import descriptors

router = resource("ns-descriptors")


@router.get("/{nsd_id}/security")
async def get_security_of_service(nsd_id: Id, caller: InProject, nfvo: Running) -> Security:
    """Return it."""
    async with nfvo.database.session() as session:
        return _section(await descriptors.get_service(session, nsd_id, caller.project_id))


@router.post("/{nsd_id}/security", status_code=201)
async def set_security_of_service(nsd_id: Id, body: Security, caller: InProject, nfvo: Running) -> Security:
    """Set it; one that was there is replaced."""
    async with nfvo.database.session() as session:
        service = await descriptors.get_service(session, nsd_id, caller.project_id)
        service.nsd_security = body.model_copy(update={"id": None})
        return _section(await update_service(session, nsd_id, service, caller.project_id))


@router.put("/{nsd_id}/security/{security_id}", status_code=202)
async def replace_security_of_service(
    nsd_id: Id, security_id: Id, body: Security, caller: InProject, nfvo: Running
) -> Security:
    """Change it."""
    async with nfvo.database.session() as session:
        service = await descriptors.get_service(session, nsd_id, caller.project_id)
        _section(service, security_id)
        service.nsd_security = body.model_copy(update={"id": security_id})
        return _section(await update_service(session, nsd_id, service, caller.project_id))


@router.delete("/{nsd_id}/security/{security_id}", status_code=204)
async def delete_security_of_service(nsd_id: Id, security_id: Id, caller: InProject, nfvo: Running) -> None:
    """Delete it."""
    async with nfvo.database.session() as session:
        service = await descriptors.get_service(session, nsd_id, caller.project_id)
        _section(service, security_id)
        service.nsd_security = None
        await update_service(session, nsd_id, service, caller.project_id)


def _section(service: NetworkServiceDescriptor, security_id: str | None = None) -> Security:
    section = service.nsd_security
    if section is None or security_id not in (None, section.id):
        message = "the service has no such Security"
        raise NotFoundError(message)
    return section
