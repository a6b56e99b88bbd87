"""What an instance runs as its init."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import Any

SYSTEM_INITS = frozenset({"init", "systemd", "runit", "runit-init", "openrc-init", "s6-svscan", "s6-init"})
"""Programs that start an image's services, its SSH server among them."""

REAPING_INITS = frozenset({"tini", "dumb-init", "catatonit", "docker-init"})
"""Programs that reap processes but start only what they are told to."""


@dataclass(frozen=True)
class Command:
    """The command of an instance.

    Attributes:
        argv: Program and arguments.
    """

    argv: tuple[str, ...]

    @property
    def is_system_init(self) -> bool:
        """It starts the image's services itself."""
        return _base(self.argv[0]) in SYSTEM_INITS

    @property
    def has_own_init(self) -> bool:
        """It reaps processes itself, so the engine's own init is not needed in front of it."""
        return self.is_system_init or _base(self.argv[0]) in REAPING_INITS

    @property
    def starts_sshd(self) -> bool:
        """It starts an SSH server itself, as far as its words tell."""
        return self.is_system_init or any("sshd" in word or "supervisord" in word for word in self.argv)


def command_of(image_config: dict[str, Any], os_command_line: str | None = None) -> Command:
    """Chooses the command: the image property os_command_line, else the image's ENTRYPOINT and CMD, else /sbin/init.

    Args:
        image_config: `Config` of the image as the engine describes it.
        os_command_line: Image property of that name, in shell syntax for quoting.

    Raises:
        ValueError: os_command_line cannot be split into words.
    """
    if os_command_line and os_command_line.strip():
        try:
            return Command(tuple(shlex.split(os_command_line)))
        except ValueError as error:
            raise ValueError(f"image property os_command_line {os_command_line!r}: {error}") from error
    words = [*(image_config.get("Entrypoint") or []), *(image_config.get("Cmd") or [])]
    return Command(tuple(words) or ("/sbin/init",))


def _base(program: str) -> str:
    return program.rsplit("/", 1)[-1]
