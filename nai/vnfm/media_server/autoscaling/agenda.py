"""What is due when: one heap of due times for all policies, instead of a thread or a sleep for each."""

import heapq
import itertools
from collections.abc import Hashable
from typing import Generic, TypeVar

Item = TypeVar("Item", bound=Hashable)


class Agenda(Generic[Item]):
    """Items and the monotonic second at which each is due next."""

    def __init__(self) -> None:
        """Starts empty."""
        self._heap: list[tuple[float, int, Item]] = []
        self._due: dict[Item, tuple[float, int]] = {}
        self._order = itertools.count()

    def put(self, item: Item, due: float) -> None:
        """Sets when an item is due, in place of a former time of the same item."""
        entry = (due, next(self._order))
        self._due[item] = entry
        heapq.heappush(self._heap, (*entry, item))

    def drop(self, item: Item) -> None:
        """Takes an item out, if it is there."""
        self._due.pop(item, None)

    def next_due(self) -> float | None:
        """Gives the second at which the next item is due, None if there is none."""
        self._skim()
        return self._heap[0][0] if self._heap else None

    def pop_due(self, now: float) -> list[tuple[float, Item]]:
        """Takes out all items that are due.

        Args:
            now: The monotonic second.

        Returns:
            Due times with their items, earliest first.
        """
        found = []
        while (due := self.next_due()) is not None and due <= now:
            _, _, item = heapq.heappop(self._heap)
            del self._due[item]
            found.append((due, item))
        return found

    def _skim(self) -> None:
        """Drops entries from the top that were replaced or taken out."""
        while self._heap and self._due.get(self._heap[0][2]) != self._heap[0][:2]:
            heapq.heappop(self._heap)
