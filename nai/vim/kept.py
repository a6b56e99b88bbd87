"""What is kept between two openings of one VIM instance: its connection, and who works on what right now."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar
from weakref import WeakKeyDictionary


class Closable(Protocol):
    """A connection."""

    def close(self) -> None:
        """Closes it."""
        ...


Connection = TypeVar("Connection", bound=Closable)


class Kept(Generic[Connection]):
    """Connections by what they depend on; the ones used longest ago are closed when there are too many."""

    def __init__(self, most: int = 32) -> None:
        """Starts empty.

        Args:
            most: How many are kept.
        """
        self._most = most
        self._all: OrderedDict[str, Connection] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, parts: tuple[object, ...], make: Callable[[], Connection]) -> Connection:
        """Returns the connection of these parts, which is made when there is none.

        Args:
            parts: Address, credentials, options; only a hash of them is kept.
            make: Makes it; must contact nothing.
        """
        key = hashlib.sha256(repr(parts).encode()).hexdigest()
        with self._lock:
            found = self._all.get(key)
            if found is None:
                found = self._all[key] = make()
            self._all.move_to_end(key)
            old = [self._all.popitem(last=False)[1] for _ in range(len(self._all) - self._most)]
        for connection in old:
            connection.close()
        return found


@dataclass
class _Entry:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0


class NamedLocks:
    """Locks by name, for the tasks of one event loop: two that make the same thing would both find it missing."""

    def __init__(self) -> None:
        """Starts without any."""
        self._loops: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, _Entry]] = WeakKeyDictionary()

    @asynccontextmanager
    async def held(self, name: str) -> AsyncIterator[None]:
        """Waits until nobody else holds the name, and holds it."""
        entries = self._loops.setdefault(asyncio.get_running_loop(), {})
        entry = entries.setdefault(name, _Entry())
        entry.users += 1
        try:
            async with entry.lock:
                yield
        finally:
            entry.users -= 1
            if not entry.users:
                del entries[name]
