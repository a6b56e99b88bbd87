"""`/virtual-link-descriptors`: virtual links that are shared by all projects; only administrators change them."""

from __future__ import annotations

from nai.catalogue import VirtualLinkDescriptor
from nai.nfvo.api.access import Administrator, LoggedIn, Running
from nai.nfvo.api.routing import Id, resource
from nai.nfvo.store.simple import link_descriptors

router = resource("virtual-link-descriptors")


@router.get("")
async def list_link_descriptors(_user: LoggedIn, nfvo: Running) -> list[VirtualLinkDescriptor]:
    """List the virtual links."""
    async with nfvo.database.session() as session:
        return await link_descriptors.list(session)


@router.post("", status_code=201)
async def create_link_descriptor(
    body: VirtualLinkDescriptor, _user: Administrator, nfvo: Running
) -> VirtualLinkDescriptor:
    """Keep one."""
    async with nfvo.database.session() as session:
        return await link_descriptors.add(session, body)


@router.get("/{link_descriptor_id}")
async def get_link_descriptor(link_descriptor_id: Id, _user: LoggedIn, nfvo: Running) -> VirtualLinkDescriptor:
    """Return one."""
    async with nfvo.database.session() as session:
        return await link_descriptors.get(session, link_descriptor_id)


@router.put("/{link_descriptor_id}", status_code=202)
async def replace_link_descriptor(
    link_descriptor_id: Id, body: VirtualLinkDescriptor, _user: Administrator, nfvo: Running
) -> VirtualLinkDescriptor:
    """Put another one in its place."""
    async with nfvo.database.session() as session:
        return await link_descriptors.replace(session, link_descriptor_id, body)


@router.delete("/{link_descriptor_id}", status_code=204)
async def delete_link_descriptor(link_descriptor_id: Id, _user: Administrator, nfvo: Running) -> None:
    """Delete one."""
    async with nfvo.database.session() as session:
        await link_descriptors.delete(session, link_descriptor_id)
