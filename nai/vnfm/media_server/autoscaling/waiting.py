"""Waiting on the service's clock for something that may happen earlier."""

import asyncio
from collections.abc import Iterable
from typing import Any

from nai.core.clock import Clock


async def wait_at_most(clock: Clock, futures: Iterable["asyncio.Future[Any]"], seconds: float) -> None:
    """Waits until one of the futures is done or the time is over; cancels none of them.

    Args:
        clock: Whose seconds.
        futures: What is waited for.
        seconds: How long.
    """
    sleeping = asyncio.ensure_future(clock.sleep(seconds))
    try:
        await asyncio.wait([*futures, sleeping], return_when=asyncio.FIRST_COMPLETED)
    finally:
        sleeping.cancel()
