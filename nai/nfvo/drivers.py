"""Drivers of infrastructures, one for each as long as its settings stay the same: connections and log-ins are kept."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from nai.catalogue import VimInstance
    from nai.vim.driver import VimDriver

_REACHING = {"name", "type", "auth_url", "tenant", "username", "password", "key_pair", "security_groups", "location"}
"""What of an infrastructure decides how it is reached."""


class KeptDrivers:
    """Opens each infrastructure once."""

    def __init__(self, open_driver: Callable[[VimInstance], VimDriver]) -> None:
        """Open by the given function."""
        self._open = open_driver
        self._kept: dict[str, tuple[str, VimDriver]] = {}

    def __call__(self, vim: VimInstance) -> VimDriver:
        """Return the driver of an infrastructure.

        Raises:
            VimError: there is none for its type.
        """
        reaching = vim.model_dump(mode="json", include=_REACHING | set(vim.model_extra or {}))
        settings = json.dumps(reaching, sort_keys=True)
        key = f"{vim.project_id}/{vim.name}"
        kept = self._kept.get(key)
        if kept is None or kept[0] != settings:
            # The former driver is left to whoever still works with it.
            kept = self._kept[key] = (settings, self._open(vim))
        return kept[1]

    async def close(self) -> None:
        """Close all of them."""
        kept, self._kept = list(self._kept.values()), {}
        await asyncio.gather(*(driver.close() for _, driver in kept))
