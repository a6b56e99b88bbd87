"""Identifiers of everything that is stored: UUIDs as text, as the wire carries them."""

from __future__ import annotations

import uuid

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://nubomedia.eu/nai")


def new_id() -> str:
    """A random identifier."""
    return str(uuid.uuid4())


def deterministic_id(*parts: str) -> str:
    """The same identifier for the same parts, in whatever process: what a step that is run again looks for.

    Args:
        *parts: What it identifies, from the outside in; ("a", "b") and ("a b",) differ.
    """
    return str(uuid.uuid5(_NAMESPACE, "\0".join(parts)))
