"""Slows down whoever guesses passwords.

After a few wrong passwords for a user name, from whatever address, further tries are refused for a while that doubles
with each failure. A right password is refused too in that while: otherwise guessing would just go on. The same wrong
password again is no further guess: a program with a password of before must not lock out the user it stands for. Kept
in memory: a restart forgives.
"""

from __future__ import annotations

import hashlib
import math
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nai.core.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nai.core.clock import Clock

FREE_TRIES = 5
FIRST_PAUSE_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 300.0
FORGET_SECONDS = 900.0
MOST_REMEMBERED = 10_000
"""Guesses at invented names must not fill the memory; the oldest is forgotten first."""
GUESSES_REMEMBERED = 8
"""Different wrong passwords of one user that are known again."""


class TooManyTriesError(ServiceError):
    """Somebody has to wait.

    Attributes:
        seconds: How long.
    """

    def __init__(self, seconds: float) -> None:
        """Say how long."""
        super().__init__(f"Too many wrong passwords; try again in {math.ceil(seconds)} s")
        self.seconds = seconds


def retry_after(error: Exception) -> Mapping[str, str]:
    """The header that tells a client when to come again (RFC 9110, 10.2.3)."""
    seconds = error.seconds if isinstance(error, TooManyTriesError) else FIRST_PAUSE_SECONDS
    return {"Retry-After": str(math.ceil(seconds))}


@dataclass
class _Failures:
    count: int = 0
    last: float = 0.0
    until: float = 0.0
    guesses: list[bytes] = field(default_factory=list)


class LoginGuard:
    """Counts wrong passwords by user name."""

    def __init__(self, clock: Clock) -> None:
        """Know nobody yet."""
        self._clock = clock
        self._failures: OrderedDict[str, _Failures] = OrderedDict()
        self._key = secrets.token_bytes(16)

    def check(self, username: str) -> None:
        """Let a try through, or not.

        Raises:
            TooManyTriesError: not now.
        """
        known = self._failures.get(username.lower())
        if known is not None and (left := known.until - self._clock.monotonic()) > 0:
            raise TooManyTriesError(left)

    def failed(self, username: str, password: str) -> None:
        """Note a wrong password."""
        now = self._clock.monotonic()
        name = username.lower()
        known = self._failures.pop(name, None)
        if known is None or now - known.last > FORGET_SECONDS:
            known = _Failures()
        guess = hashlib.blake2b(password.encode(errors="replace"), digest_size=16, key=self._key).digest()
        known.last = now
        self._failures[name] = known
        if guess in known.guesses:
            return
        known.guesses = [*known.guesses, guess][-GUESSES_REMEMBERED:]
        known.count += 1
        if (over := known.count - FREE_TRIES) >= 0:
            known.until = now + min(FIRST_PAUSE_SECONDS * 2 ** min(over, 30), LONGEST_PAUSE_SECONDS)
        while len(self._failures) > MOST_REMEMBERED:
            self._failures.popitem(last=False)

    def succeeded(self, username: str) -> None:
        """Forget the wrong passwords of a user who knows the right one."""
        self._failures.pop(username.lower(), None)
