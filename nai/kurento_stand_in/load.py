"""The load of media that is not there: each WebRtcEndpoint holds memory, each connected one uses processor time.

With the defaults 4 MiB and 1 % of a core, a media server of one virtual processor is busy with 100 endpoints, as the
original's figure of 100 points for each virtual processor has it.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable

SLICE_SECONDS = 0.1
"""How often the processor time of a moment is used, so that it looks like an even load."""

ROUNDS = 2000
PAGE = 4096


def hold(mib: float) -> bytearray:
    """Takes memory, really: every page is written once.

    Args:
        mib: How much, in MiB.

    Raises:
        MemoryError: There is none left.
    """
    memory = bytearray(int(mib * 2**20))
    for position in range(0, len(memory), PAGE):
        memory[position] = 1
    return memory


class Burner:
    """Uses processor time in a thread of its own, which gives way to the server: hashing lets other threads run."""

    def __init__(self, share: Callable[[], float]) -> None:
        """Does nothing yet.

        Args:
            share: Says how much of a core to use now; 0.5 is half of one.
        """
        self._share = share
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="media load", daemon=True)

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Ends it."""
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(SLICE_SECONDS):
            used_up = time.thread_time() + min(self._share(), 1.0) * SLICE_SECONDS
            # A share above one core is as much as one thread can do.
            while time.thread_time() < used_up and not self._ended.is_set():
                hashlib.pbkdf2_hmac("sha256", b"media", b"media", ROUNDS)
