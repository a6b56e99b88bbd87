"""Subscribers to events (wire contracts 6.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nai.catalogue import Action, EndpointType, EventEndpoint
from nai.core.errors import InvalidError
from nai.nfvo.store.documents import DocumentStore
from nai.nfvo.tables import EventEndpointRow

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

_SAME = ("name", "type", "endpoint", "event", "network_service_id", "virtual_network_function_id")


class EventEndpointStore(DocumentStore[EventEndpoint]):
    """The subscribers of all projects."""

    async def subscribe(self, session: AsyncSession, endpoint: EventEndpoint) -> EventEndpoint:
        """Take a subscriber in; the same one twice is the existing one.

        Raises:
            InvalidError: it lacks its event, type, endpoint or project.
        """
        lacking = [name for name in ("event", "type", "endpoint", "project_id") if not getattr(endpoint, name)]
        if lacking:
            message = f"an EventEndpoint needs {', '.join(lacking)}"
            raise InvalidError(message)
        if endpoint.type is EndpointType.JMS:
            message = "an EventEndpoint of type JMS cannot be served; use RABBIT or REST"
            raise InvalidError(message)
        project_id = endpoint.project_id or ""
        event = endpoint.event or Action.ERROR
        query = self._select(project_id).where(EventEndpointRow.action == event.value)
        for row in await session.scalars(query):
            existing = self.read(row)
            if all(getattr(existing, name) == getattr(endpoint, name) for name in _SAME):
                return existing
        return await self.add(session, endpoint, project_id, action=event.value)

    async def subscribers(
        self, session: AsyncSession, action: Action, project_id: str | None = None
    ) -> list[EventEndpoint]:
        """Return who wants to know about an action in a project (None: in any)."""
        query = self._select(project_id).where(EventEndpointRow.action == action.value)
        return [self.read(row) for row in await session.scalars(query)]

    async def unsubscribe(self, session: AsyncSession, id_: str, project_id: str | None = None) -> None:
        """Forget a subscriber.

        Raises:
            NotFoundError: there is none of that id in the project.
        """
        await self.delete(session, id_, project_id)


event_endpoints = EventEndpointStore(EventEndpointRow, EventEndpoint, "EventEndpoint")
