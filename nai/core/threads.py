"""The one way from the event loop into blocking code."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_P = ParamSpec("_P")
_R = TypeVar("_R")


async def in_thread(func: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> _R:
    """Run a blocking function in a thread of the loop's pool.

    The function is not stopped when the caller is cancelled: a thread cannot be. It must end by its own timeouts.

    Returns:
        What the function returns; what it raises is raised here.
    """
    return await asyncio.to_thread(func, *args, **kwargs)
