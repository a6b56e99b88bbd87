"""`/events`: who wants to know what happens (wire contracts 6.4); `nai.nfvo.events` tells them."""

from __future__ import annotations

from nai.catalogue import Action, EventEndpoint
from nai.nfvo.api.access import InProject, LoggedIn, Running
from nai.nfvo.api.routing import Id, Ids, resource
from nai.nfvo.store.event_endpoints import event_endpoints

router = resource("events")


@router.get("")
async def list_event_endpoints(caller: InProject, nfvo: Running) -> list[EventEndpoint]:
    """List the project's subscribers."""
    async with nfvo.database.session() as session:
        return await event_endpoints.list(session, caller.project_id)


@router.post("", status_code=201)
async def create_event_endpoint(body: EventEndpoint, caller: InProject, nfvo: Running) -> EventEndpoint:
    """Subscribe; the same subscription twice is one."""
    return await nfvo.events.subscribe(body.model_copy(update={"project_id": caller.project_id}))


@router.get("/actions")
async def list_actions(_user: LoggedIn) -> list[Action]:
    """List the actions there can be events of."""
    return list(Action)


@router.post("/multipledelete", status_code=204)
async def delete_event_endpoints(ids: Ids, caller: InProject, nfvo: Running) -> None:
    """Unsubscribe several, all of them or none."""
    async with nfvo.database.session() as session:
        for id_ in ids:
            await event_endpoints.row(session, id_, caller.project_id)
    for id_ in ids:
        await nfvo.events.unsubscribe(id_, caller.project_id)


@router.get("/{endpoint_id}")
async def get_event_endpoint(endpoint_id: Id, caller: InProject, nfvo: Running) -> EventEndpoint:
    """Return a subscriber."""
    async with nfvo.database.session() as session:
        return await event_endpoints.get(session, endpoint_id, caller.project_id)


@router.delete("/{endpoint_id}", status_code=204)
async def delete_event_endpoint(endpoint_id: Id, caller: InProject, nfvo: Running) -> None:
    """Unsubscribe."""
    await nfvo.events.unsubscribe(endpoint_id, caller.project_id)
