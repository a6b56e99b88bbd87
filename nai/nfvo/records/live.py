"""The services that something is going on with: one shared object each, gone when nobody works on it any more."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from nai.core.errors import NotFoundError

if TYPE_CHECKING:
    from nai.nfvo.records.service import Function, Service
    from nai.nfvo.records.store import RecordStore


class LiveServices:
    """Hands out the shared object of a service, reading it when nobody has it."""

    def __init__(self, store: RecordStore) -> None:
        """Read from a store."""
        self._store = store
        self._services: WeakValueDictionary[str, Service] = WeakValueDictionary()
        self._reading: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def add(self, service: Service) -> None:
        """Share a service that was just made."""
        self._services[service.id] = service

    async def get(self, service_id: str) -> Service:
        """Return the shared object of a service.

        Raises:
            NotFoundError: there is no such service, or it was released.
        """
        lock = self._reading.setdefault(service_id, asyncio.Lock())
        async with lock:
            found = self._services.get(service_id)
            if found is None:
                found = await self._store.load(service_id)
                if found is not None:
                    self._services[service_id] = found
        if found is None or found.released:
            raise NotFoundError(f"There is no network service record with id {service_id}")
        return found

    async def function(
        self, function_id: str, *, service_id: str | None = None, name: str = ""
    ) -> tuple[Service, Function]:
        """Find a function by its id, or, as a VNFM may not know that yet, by its service and name.

        Raises:
            NotFoundError: there is none.
        """
        if service_id is None and function_id:
            service_id = await self._store.service_of_function(function_id)
        if service_id is not None:
            service = await self.get(service_id)
            function = service.functions.get(function_id) or service.named(name)
            if function is not None:
                return service, function
        raise NotFoundError(
            f"There is no function record with id {function_id or '(none)'} and name {name or '(none)'}"
        )
