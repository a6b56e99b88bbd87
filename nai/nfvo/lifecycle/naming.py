"""Names of instances: the same for the same component, however often it is asked for, and nobody else's.

An instance's name is its identity in the infrastructure (`create` finds before it makes), so it must not depend on
when or by which process it is built. It is also its host name: RFC 1123 letters, at most 63 of them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_HOST_NAME = 63
"""Letters of a host name's label (RFC 1123, section 2.1)."""
RECORD_LETTERS = 8
"""Letters of the record's id in a name: two services of one descriptor share function names, never these."""
INDEX_LETTERS = 6
"""Room for the running number and its hyphen."""


def prefix(vnfr_name: str, vnfr_id: str) -> str:
    """Return how the names of all instances of one function record start.

    Args:
        vnfr_name: name of the record, as its descriptor says.
        vnfr_id: its id (UUID text).
    """
    unique = re.sub(r"[^0-9a-f]", "", vnfr_id.lower())[:RECORD_LETTERS]
    room = LONGEST_HOST_NAME - RECORD_LETTERS - INDEX_LETTERS - 2
    plain = re.sub(r"[^a-z0-9]+", "-", vnfr_name.lower()).strip("-")[:room].strip("-") or "vnf"
    return f"{plain}-{unique}-"


def instance(vnfr_name: str, vnfr_id: str, index: int) -> str:
    """Return the name of one instance.

    Args:
        vnfr_name: name of the record.
        vnfr_id: its id.
        index: running number within the record, from 0.
    """
    return f"{prefix(vnfr_name, vnfr_id)}{index}"


def index_of(name: str, vnfr_name: str, vnfr_id: str) -> int | None:
    """Return the running number in an instance's name; None for a name that is not built so (a VNFM's own)."""
    start = prefix(vnfr_name, vnfr_id)
    number = name.removeprefix(start)
    return int(number) if name.startswith(start) and number.isdecimal() else None


def free_name(vnfr_name: str, vnfr_id: str, taken: Iterable[str]) -> str:
    """Return a name that no instance of the record has or had: a late message about an old one must not hit a new one.

    Args:
        vnfr_name: name of the record.
        vnfr_id: its id.
        taken: names that were given out.
    """
    used = [index for name in taken if (index := index_of(name, vnfr_name, vnfr_id)) is not None]
    return instance(vnfr_name, vnfr_id, 1 + max(used, default=-1))
