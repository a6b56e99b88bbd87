"""`/quotas`: what is left in the project's infrastructures."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from sqlalchemy import select

from nai.catalogue import Quota
from nai.core.wire import WireModel
from nai.nfvo.api.access import InProject, Running
from nai.nfvo.api.routing import resource
from nai.nfvo.store.vims import vims
from nai.nfvo.tables import VimRow
from nai.vim.errors import VimError

if TYPE_CHECKING:
    from nai.catalogue import VimInstance
    from nai.nfvo.context import Nfvo

router = resource("quotas")

UNLIMITED = 2**31 - 1
_COUNTED = ("cores", "floating_ips", "instances", "key_pairs", "ram")


class Quotas(WireModel):
    """What is left, by infrastructure and in all. One that does not answer counts as having nothing left."""

    left: Quota
    vims: dict[str, Quota]


@router.get("")
async def get_quotas(caller: InProject, nfvo: Running) -> Quotas:
    """Ask the project's infrastructures."""
    async with nfvo.database.session() as session:
        rows = await session.scalars(select(VimRow).where(VimRow.project_id == caller.project_id))
        known = [vims.opened(row, nfvo.cipher) for row in rows]
    quotas = await asyncio.gather(*(_left(nfvo, vim) for vim in known))
    total = {field: min(UNLIMITED, sum(getattr(quota, field) for quota in quotas)) for field in _COUNTED}
    return Quotas(left=Quota(**total), vims={vim.name or "": quota for vim, quota in zip(known, quotas, strict=True)})


async def _left(nfvo: Nfvo, vim: VimInstance) -> Quota:
    try:
        quota = await nfvo.open_driver(vim).quota()
    except VimError:
        quota = Quota()
    return quota.model_copy(update={"tenant": vim.tenant})
