"""`/vnfmanagers`: the VNF managers that registered themselves."""

from __future__ import annotations

from nai.catalogue import VnfmManagerEndpoint
from nai.nfvo.api.access import Administrator, LoggedIn, Running
from nai.nfvo.api.routing import Id, resource
from nai.nfvo.store.managers import managers

router = resource("vnfmanagers")


@router.get("")
async def list_managers(_user: LoggedIn, nfvo: Running) -> list[VnfmManagerEndpoint]:
    """List the managers."""
    async with nfvo.database.session() as session:
        return await managers.list(session)


@router.get("/{manager_id}")
async def get_manager(manager_id: Id, _user: LoggedIn, nfvo: Running) -> VnfmManagerEndpoint:
    """Return a manager."""
    async with nfvo.database.session() as session:
        return await managers.get(session, manager_id)


@router.delete("/{manager_id}", status_code=204)
async def delete_manager(manager_id: Id, _user: Administrator, nfvo: Running) -> None:
    """Forget a manager; if it still runs, it comes back when it registers next."""
    async with nfvo.database.session() as session:
        manager = await managers.get(session, manager_id)
    await nfvo.managers.unregister(manager)
