"""Running a command of the settings, without a shell."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from nai.paas.engines.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Sequence

SECONDS = 30.0


async def run(what: str, command: Sequence[str]) -> None:
    """Run it.

    Args:
        what: What it is for, for the error.
        command: Program and arguments.

    Raises:
        EngineError: It cannot be run, fails, or takes too long.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
    except OSError as error:
        raise EngineError(f"{what}: {command[0]} cannot be run: {error.strerror}") from error
    try:
        async with asyncio.timeout(SECONDS):
            said, _ = await process.communicate()
    except TimeoutError as error:
        raise EngineError(f"{what}: {command[0]} has not ended within {SECONDS:g} s") from error
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode != 0:
        told = " ".join(said.decode(errors="replace").split())[-500:]
        raise EngineError(f"{what}: {' '.join(command)} ended with status {process.returncode}: {told}")
