"""`python3 -m kurento_stand_in`: runs until it is told to end."""

from __future__ import annotations

import asyncio
import signal
import sys

from .network import Network
from .settings import Settings, read_settings


async def run(settings: Settings) -> None:
    """Serves until SIGTERM or SIGINT."""
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    async with Network(settings).running() as port:
        print(f"listening on ws://{settings.address}:{port}{settings.path}", flush=True)  # noqa: T201  # the console's log
        await ended.wait()


def main() -> int:
    """Reads the settings and runs; returns the exit status."""
    try:
        settings = read_settings()
    except ValueError as error:
        print(error, file=sys.stderr)  # noqa: T201  # the console's log
        return 2
    asyncio.run(run(settings))
    return 0


if __name__ == "__main__":
    sys.exit(main())
