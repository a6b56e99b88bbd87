"""What every part of the running marketplace can reach: `app.state.market`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nai.core.clock import Clock
    from nai.core.database import Database
    from nai.marketplace.people import People
    from nai.marketplace.settings import MarketplaceSettings


@dataclass(frozen=True)
class Market:
    """The parts of the running marketplace.

    Attributes:
        settings: What it was told.
        database: Its own.
        clock: Tells the time.
        people: Who asks; None: nobody can log in.
    """

    settings: MarketplaceSettings
    database: Database
    clock: Clock
    people: People | None
