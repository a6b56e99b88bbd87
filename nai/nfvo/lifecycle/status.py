"""The status of a service follows from those of its functions: the lowest in `Status` (wire contract 6.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nai.catalogue import Status

if TYPE_CHECKING:
    from collections.abc import Iterable


def combined(statuses: Iterable[Status], *, expected: int | None = None) -> Status:
    """Return the status of a service.

    Args:
        statuses: those of its function records.
        expected: how many functions its descriptor has; with fewer records the service is NULL. None: do not look.

    Returns:
        The one of the lowest ordinal; NULL without any record.
    """
    known = list(statuses)
    if not known or (expected is not None and len(known) < expected):
        return Status.NULL
    return min(known, key=lambda status: status.ordinal)


def reached(status: Status, at_least: Status) -> bool:
    """Tell whether a function has come as far as a given status; ERROR never has."""
    return status.ordinal >= at_least.ordinal
