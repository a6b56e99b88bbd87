"""Ids for everything inside a document that can have one: clients address parts by them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nai.core.identifiers import new_id
from nai.core.wire import WireModel

if TYPE_CHECKING:
    from collections.abc import Iterator


def give_ids(document: WireModel) -> None:
    """Give every part of a document (not the document itself) an id, unless it has one."""
    for part in _parts(document):
        if "id" in type(part).model_fields and not getattr(part, "id", None):
            part.id = new_id()
        give_ids(part)


def _parts(document: WireModel) -> Iterator[Any]:
    for name in type(document).model_fields:
        yield from _models_in(getattr(document, name))


def _models_in(value: Any) -> Iterator[Any]:
    if isinstance(value, WireModel):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _models_in(each)
    elif isinstance(value, dict):
        for each in value.values():
            yield from _models_in(each)
