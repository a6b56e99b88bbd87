"""`/vnf-forwarding-graphs`: forwarding graphs that are shared by all projects; only administrators change them."""

from __future__ import annotations

from nai.catalogue import VNFForwardingGraphDescriptor
from nai.nfvo.api.access import Administrator, LoggedIn, Running
from nai.nfvo.api.routing import Id, resource
from nai.nfvo.store.simple import forwarding_graphs

router = resource("vnf-forwarding-graphs")


@router.get("")
async def list_forwarding_graphs(_user: LoggedIn, nfvo: Running) -> list[VNFForwardingGraphDescriptor]:
    """List the forwarding graphs."""
    async with nfvo.database.session() as session:
        return await forwarding_graphs.list(session)


@router.post("", status_code=201)
async def create_forwarding_graph(
    body: VNFForwardingGraphDescriptor, _user: Administrator, nfvo: Running
) -> VNFForwardingGraphDescriptor:
    """Keep one."""
    async with nfvo.database.session() as session:
        return await forwarding_graphs.add(session, body)


@router.get("/{forwarding_graph_id}")
async def get_forwarding_graph(forwarding_graph_id: Id, _user: LoggedIn, nfvo: Running) -> VNFForwardingGraphDescriptor:
    """Return one."""
    async with nfvo.database.session() as session:
        return await forwarding_graphs.get(session, forwarding_graph_id)


@router.put("/{forwarding_graph_id}", status_code=202)
async def replace_forwarding_graph(
    forwarding_graph_id: Id, body: VNFForwardingGraphDescriptor, _user: Administrator, nfvo: Running
) -> VNFForwardingGraphDescriptor:
    """Put another one in its place."""
    async with nfvo.database.session() as session:
        return await forwarding_graphs.replace(session, forwarding_graph_id, body)


@router.delete("/{forwarding_graph_id}", status_code=204)
async def delete_forwarding_graph(forwarding_graph_id: Id, _user: Administrator, nfvo: Running) -> None:
    """Delete one."""
    async with nfvo.database.session() as session:
        await forwarding_graphs.delete(session, forwarding_graph_id)
