"""One thing at a time per VNF, whether the NFVO asked for it or autoscaling decided it."""

import asyncio
import weakref


class Turns:
    """A lock per VNFR that exists as long as somebody holds or awaits it."""

    def __init__(self) -> None:
        """Starts without any."""
        self._locks: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()

    def of(self, vnfr_id: str) -> asyncio.Lock:
        """Gives the lock of a VNFR."""
        return self._locks.setdefault(vnfr_id, asyncio.Lock())
