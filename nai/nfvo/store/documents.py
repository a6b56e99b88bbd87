"""Documents of one kind in one table: what all kinds have in common."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sqlalchemy import select

from nai.core.errors import InvalidError, NotFoundError
from nai.core.identifiers import new_id
from nai.core.wire import WireModel
from nai.nfvo.store.identity_of_parts import give_ids
from nai.nfvo.tables import DocumentRow, ProjectDocumentRow

if TYPE_CHECKING:
    from sqlalchemy import Select
    from sqlalchemy.ext.asyncio import AsyncSession

Model = TypeVar("Model", bound=WireModel)

NAME_LENGTH = 255
"""Characters that a name may have, as the tables have it."""


DEPTH = 30
"""Levels that a document may have; MariaDB's JSON columns take 32."""


class DocumentStore(Generic[Model]):
    """The documents of one kind. A document of another project is not found, as if it did not exist."""

    def __init__(self, table: Any, model: type[Model], noun: str) -> None:
        """Use a table.

        Args:
            table: its class, a `DocumentRow`.
            model: the model of its documents.
            noun: what one is called in errors, for example `Key`.
        """
        self.table = table
        self.model = model
        self.noun = noun
        self.of_projects = issubclass(table, ProjectDocumentRow)

    async def add(self, session: AsyncSession, document: Model, project_id: str = "", **columns: Any) -> Model:
        """Insert a document under a new id; its parts get ids too. Returns it as stored."""
        stored = document.model_copy(deep=True)
        self._own(stored, new_id(), project_id)
        give_ids(stored)
        row = self.table(id=_text(stored, "id"), name=checked_name(stored), document=checked(stored), **columns)
        if self.of_projects:
            row.project_id = project_id
        session.add(row)
        await session.flush()
        return stored

    async def row(self, session: AsyncSession, id_: str, project_id: str | None = None) -> Any:
        """Return the row of a document.

        Args:
            session: the transaction.
            id_: the document's id.
            project_id: the project it must be of; None for any.

        Raises:
            NotFoundError: there is none in that project.
        """
        row = await session.get(self.table, id_) if len(id_) <= NAME_LENGTH else None
        if row is None or (self.of_projects and project_id is not None and row.project_id != project_id):
            message = f"{self.noun} with id {id_} was not found"
            raise NotFoundError(message)
        return row

    async def get(self, session: AsyncSession, id_: str, project_id: str | None = None) -> Model:
        """Return a document.

        Raises:
            NotFoundError: there is none in that project.
        """
        return self.read(await self.row(session, id_, project_id))

    async def named(self, session: AsyncSession, name: str, project_id: str | None = None) -> Model | None:
        """Return the document of a name, or None."""
        row = await session.scalar(self._select(project_id).where(self.table.name == name).limit(1))
        return None if row is None else self.read(row)

    async def list(self, session: AsyncSession, project_id: str | None = None) -> list[Model]:
        """Return a project's documents (None: everybody's), ordered by name."""
        return [self.read(row) for row in await session.scalars(self._select(project_id))]

    async def replace(
        self, session: AsyncSession, id_: str, document: Model, project_id: str | None = None, **columns: Any
    ) -> Model:
        """Put a document in another's place; id and project stay. Returns it as stored.

        Raises:
            NotFoundError: there is none in that project.
        """
        row = await self.row(session, id_, project_id)
        stored = document.model_copy(deep=True)
        self._own(stored, row.id, row.project_id if self.of_projects else "")
        give_ids(stored)
        row.name = checked_name(stored)
        row.document = checked(stored)
        for column, value in columns.items():
            setattr(row, column, value)
        await session.flush()
        return stored

    async def delete(self, session: AsyncSession, id_: str, project_id: str | None = None) -> None:
        """Delete a document.

        Raises:
            NotFoundError: there is none in that project.
        """
        await session.delete(await self.row(session, id_, project_id))
        await session.flush()

    def read(self, row: DocumentRow) -> Model:
        """Return the document of a row."""
        return self.model.from_wire(row.document)

    def _select(self, project_id: str | None) -> Select[Any]:
        query = select(self.table).order_by(self.table.name, self.table.id)
        if self.of_projects and project_id is not None:
            query = query.where(self.table.project_id == project_id)
        return query

    def _own(self, document: Model, id_: str, project_id: str) -> None:
        fields = type(document).model_fields
        values: dict[str, Any] = {"id": id_}
        if "project_id" in fields and self.of_projects and project_id:
            values["project_id"] = project_id
        for name, value in values.items():
            setattr(document, name, value)


def checked(document: WireModel) -> dict[str, Any]:
    """Return a document as it is stored.

    Raises:
        InvalidError: it has, in a field that no model looks at, text that is no Unicode (a lone surrogate), a number
            that JSON does not have, or parts in parts in parts beyond `DEPTH`.
    """
    try:
        written = document.to_wire()
        json.dumps(written, allow_nan=False, ensure_ascii=False).encode()
    except (UnicodeEncodeError, ValueError, RecursionError) as error:
        message = f"the document cannot be stored: {error}"
        raise InvalidError(message) from None
    if _is_deeper(written, DEPTH):
        message = f"the document cannot be stored: it is nested deeper than {DEPTH} levels"
        raise InvalidError(message)
    return written


def _is_deeper(value: object, levels: int) -> bool:
    if isinstance(value, dict):
        return levels == 0 or any(_is_deeper(each, levels - 1) for each in value.values())
    if isinstance(value, list):
        return levels == 0 or any(_is_deeper(each, levels - 1) for each in value)
    return False


def checked_name(document: WireModel) -> str:
    """Return a document's name as it is stored, empty if it has none.

    Raises:
        InvalidError: it is too long.
    """
    name = _text(document, "name")
    if len(name) > NAME_LENGTH:
        message = f"a name may have {NAME_LENGTH} characters, this one has {len(name)}"
        raise InvalidError(message)
    return name


def _text(document: WireModel, field: str) -> str:
    return str(getattr(document, field, None) or "")
