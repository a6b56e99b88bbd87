"""`/vnfcomponents`: the components of all functions' descriptors that the user can see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nai.catalogue import VNFComponent
from nai.core.errors import NotFoundError
from nai.nfvo.api.access import LoggedIn, Running
from nai.nfvo.api.routing import Id, resource
from nai.nfvo.identity.roles import role_in
from nai.nfvo.store.descriptors import functions
from nai.nfvo.store.projects import projects

if TYPE_CHECKING:
    from nai.catalogue import User
    from nai.nfvo.context import Nfvo

router = resource("vnfcomponents")


@router.get("")
async def list_components(user: LoggedIn, nfvo: Running) -> list[VNFComponent]:
    """List the components."""
    return await _seen_by(user, nfvo)


@router.get("/{component_id}")
async def get_component(component_id: Id, user: LoggedIn, nfvo: Running) -> VNFComponent:
    """Return a component."""
    for component in await _seen_by(user, nfvo):
        if component.id == component_id:
            return component
    message = f"VNFComponent with id {component_id} was not found"
    raise NotFoundError(message)


async def _seen_by(user: User, nfvo: Nfvo) -> list[VNFComponent]:
    async with nfvo.database.session() as session:
        seen = {each.id for each in await projects.list(session) if role_in(user, each.name or "") is not None}
        return [
            component
            for function in await functions.list(session)
            if function.project_id in seen
            for unit in function.vdu
            for component in unit.vnfc
        ]
