"""`/datacenters`: infrastructures. A password is taken in, and never given back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nai.catalogue import VimInstance
from nai.nfvo.api.access import InProject, Running
from nai.nfvo.api.routing import Id, Ids, resource
from nai.nfvo.errors import InUseError
from nai.nfvo.store.vims import vims
from nai.nfvo.vim_refresh import looked_at, refreshed

if TYPE_CHECKING:
    from nai.nfvo.api.access import Caller
    from nai.nfvo.context import Nfvo

router = resource("datacenters")


@router.get("")
async def list_vims(caller: InProject, nfvo: Running) -> list[VimInstance]:
    """List the project's infrastructures with what was found in them."""
    async with nfvo.database.session() as session:
        return await vims.list(session, caller.project_id)


@router.post("", status_code=201)
async def create_vim(body: VimInstance, caller: InProject, nfvo: Running) -> VimInstance:
    """Register an infrastructure; it is looked at, so that wrong credentials are told at once."""
    known = await _looked_at(nfvo, body.model_copy(update={"project_id": caller.project_id}))
    async with nfvo.database.session() as session:
        return await vims.put_in(session, known, caller.project_id, nfvo.cipher)


@router.post("/multipledelete", status_code=204)
async def delete_vims(ids: Ids, caller: InProject, nfvo: Running) -> None:
    """Forget infrastructures, all of them or none."""
    for id_ in ids:
        await _refuse_in_use(nfvo, id_, caller)
    async with nfvo.database.session() as session:
        for id_ in ids:
            await vims.delete(session, id_, caller.project_id)


@router.get("/{vim_id}")
async def get_vim(vim_id: Id, caller: InProject, nfvo: Running) -> VimInstance:
    """Return an infrastructure with what was found in it."""
    async with nfvo.database.session() as session:
        return await vims.get(session, vim_id, caller.project_id)


@router.put("/{vim_id}", status_code=202)
async def replace_vim(vim_id: Id, body: VimInstance, caller: InProject, nfvo: Running) -> VimInstance:
    """Change an infrastructure; without a password the former one stays. It is looked at."""
    before = await _with_password(nfvo, vim_id, caller)
    own = {"project_id": caller.project_id, "password": body.password or before.password}
    known = await _looked_at(nfvo, body.model_copy(update=own))
    async with nfvo.database.session() as session:
        return await vims.put_in(session, known, caller.project_id, nfvo.cipher, id_=vim_id)


@router.delete("/{vim_id}", status_code=204)
async def delete_vim(vim_id: Id, caller: InProject, nfvo: Running) -> None:
    """Forget an infrastructure that no running service is in; nothing is done to the infrastructure itself."""
    await _refuse_in_use(nfvo, vim_id, caller)
    async with nfvo.database.session() as session:
        await vims.delete(session, vim_id, caller.project_id)


@router.get("/{vim_id}/refresh")
async def refresh_vim(vim_id: Id, caller: InProject, nfvo: Running) -> VimInstance:
    """Look at an infrastructure now and return it."""
    known = await refreshed(nfvo, await _with_password(nfvo, vim_id, caller))
    async with nfvo.database.session() as session:
        return await vims.put_in(session, known, caller.project_id, nfvo.cipher, id_=vim_id)


async def _looked_at(nfvo: Nfvo, vim: VimInstance) -> VimInstance:
    """Look at an infrastructure; one that may be away for now is only looked at if somebody will look again."""
    return await (refreshed if nfvo.settings.vim_active_check else looked_at)(nfvo, vim)


async def _with_password(nfvo: Nfvo, vim_id: str, caller: Caller) -> VimInstance:
    async with nfvo.database.session() as session:
        return vims.opened(await vims.row(session, vim_id, caller.project_id), nfvo.cipher)


async def _refuse_in_use(nfvo: Nfvo, vim_id: str, caller: Caller) -> None:
    async with nfvo.database.session() as session:
        name = (await vims.get(session, vim_id, caller.project_id)).name or ""
    if await nfvo.usage.uses_vim(name):
        message = f"VimInstance {name} has instances of running services; delete the services first"
        raise InUseError(message)
