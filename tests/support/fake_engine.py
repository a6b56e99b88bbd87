"""An engine that has what a test says and writes down what it is told to do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nai.installer.testbed.command import CommandError
from nai.installer.testbed.engine import Engine


class FakeEngine(Engine):
    """Answers from dictionaries.

    Attributes:
        objects: (kind, name) → what `inspect` returns.
        failing: First words of a command → what the engine says when it fails.
        commands: All commands, in order.
    """

    def __init__(self, objects: dict[tuple[str, str], dict[str, Any]] | None = None) -> None:
        """Starts with some objects."""
        super().__init__()
        self.objects = objects or {}
        self.failing: dict[str, str] = {}
        self.commands: list[tuple[str, ...]] = []

    def __call__(self, *arguments: str, stdin: bytes | Path | None = None, timeout: float | None = None) -> str:
        """Notes a command; removing a container is the only one with an effect."""
        self.commands.append(arguments)
        if arguments[0] in self.failing:
            raise CommandError(arguments, 1, self.failing[arguments[0]])
        if arguments[0] == "rm":
            self.objects.pop(("container", arguments[-1]), None)
        return ""

    def inspect(self, kind: str, name: str) -> dict[str, Any] | None:
        """Returns an object of the test."""
        return self.objects.get((kind, name))

    def read_from(self, producer: Sequence[str], *arguments: str) -> None:
        """Notes a command that reads another program's output."""
        self(*arguments)

    def verbs(self) -> list[str]:
        """First words of the commands."""
        return [command[0] for command in self.commands]
