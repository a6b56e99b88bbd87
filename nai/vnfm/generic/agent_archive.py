"""The agent as one file: a zip that Python runs, made of the package `nai.ems`."""

from __future__ import annotations

import functools
import io
import zipfile
from importlib import resources
from importlib.resources.abc import Traversable

_PACKAGE = "nai.ems"
_DATE = (2016, 1, 1, 0, 0, 0)
_MAIN = "import sys\nfrom ems.__main__ import main\n\nsys.exit(main())\n"


@functools.cache
def agent_archive() -> bytes:
    """Returns the file; the same bytes for the same agent."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        _write(archive, "__main__.py", _MAIN)
        _add(archive, resources.files(_PACKAGE), "ems")
    return buffer.getvalue()


def _add(archive: zipfile.ZipFile, directory: Traversable, prefix: str) -> None:
    for entry in sorted(directory.iterdir(), key=lambda each: each.name):
        if entry.is_dir() and entry.name != "__pycache__":
            _add(archive, entry, f"{prefix}/{entry.name}")
        elif entry.name.endswith(".py"):
            _write(archive, f"{prefix}/{entry.name}", entry.read_text(encoding="utf-8"))


def _write(archive: zipfile.ZipFile, name: str, text: str) -> None:
    member = zipfile.ZipInfo(name, date_time=_DATE)
    member.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(member, text)
