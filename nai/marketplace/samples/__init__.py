"""Sample applications: put in at the first start, each once; what is deleted stays deleted."""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING

from nai.catalogue.applications import MarketplaceApplication
from nai.core.identifiers import deterministic_id
from nai.marketplace import store
from nai.marketplace.tables import SampleRow

if TYPE_CHECKING:
    from nai.core.clock import Clock
    from nai.core.database import Database


def samples() -> dict[str, MarketplaceApplication]:
    """The samples by the names of their files."""
    files = [file for file in resources.files(__name__).iterdir() if file.name.endswith(".json")]
    return {
        file.name.removesuffix(".json"): MarketplaceApplication.from_wire(json.loads(file.read_text(encoding="utf-8")))
        for file in sorted(files, key=lambda file: file.name)
    }


async def put_in_samples(database: Database, clock: Clock) -> None:
    """Put in those that were never there.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: The database is away; nothing was put in by this attempt.
    """
    async with database.session() as session:
        for name, application in samples().items():
            if await session.get(SampleRow, name) is None:
                session.add(SampleRow(name=name))
                # The same id everywhere: two that start at once cannot put it in twice.
                store.add(session, deterministic_id("sample", name), application, clock.now())
