"""Markdown of the pages of figures."""

from collections.abc import Iterable

Row = tuple[object, ...]


def table(head: Row, rows: Iterable[Row]) -> str:
    """Returns a Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines) + "\n"
