"""Reads a `variables.py` of the original installer as data: nothing of it is executed."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nai.installer.checkout import displayed


class VariablesFileError(Exception):
    """The file cannot be read; the text says why and what to do."""


@dataclass(frozen=True)
class VariablesFile:
    """What such a file assigns.

    Attributes:
        values: Value by name, names in lower case; the last assignment counts.
        lines: Line of each.
        passed_over: Lines with anything but a name and a plain value.
    """

    values: Mapping[str, object]
    lines: Mapping[str, int]
    passed_over: tuple[int, ...]


def read(path: Path) -> VariablesFile:
    """Reads the file.

    Raises:
        VariablesFileError: It cannot be read or is not Python.
    """
    try:
        tree = ast.parse(path.read_bytes())
    except OSError as error:
        raise VariablesFileError(
            f"{displayed(path)}: cannot be read ({error.strerror}); name a variables.py"
        ) from error
    except (SyntaxError, ValueError) as error:
        # The message may quote the line, and the line may hold a password.
        line = f":{error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
        raise VariablesFileError(
            f"{displayed(path)}{line}: is not Python; leave only lines of the form name = 'value'"
        ) from None
    values: dict[str, object] = {}
    lines: dict[str, int] = {}
    passed_over: list[int] = []
    for node in tree.body:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            continue  # a text that documents the file
        found = _assigned(node)
        if found is None:
            passed_over.append(node.lineno)
            continue
        for name in found[0]:
            values[name.lower()] = found[1]
            lines[name.lower()] = node.lineno
    return VariablesFile(values, lines, tuple(passed_over))


def _assigned(node: ast.stmt) -> tuple[list[str], object] | None:
    """The names and the value of a plain assignment."""
    if not isinstance(node, ast.Assign):
        return None
    names = [target.id for target in node.targets if isinstance(target, ast.Name)]
    if len(names) != len(node.targets):
        return None
    try:
        return names, ast.literal_eval(node.value)
    except (ValueError, TypeError, MemoryError, RecursionError):
        return None
