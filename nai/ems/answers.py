"""Answers that were given, kept by the id of their request.

A request may come again: the VNFM was killed, the broker restarted. A script that has run must not run twice for it.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

_KEPT = 500


class Answers:
    """The stored answers, one file each."""

    def __init__(self, directory: Path) -> None:
        """Uses a directory, made when it is missing."""
        self._directory = directory
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)

    def find(self, request_id: str) -> dict[str, Any] | None:
        """Returns the answer to a request, None when it was not answered yet."""
        try:
            answer = json.loads(self._path(request_id).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return answer if isinstance(answer, dict) else None

    def keep(self, request_id: str, answer: dict[str, Any]) -> None:
        """Stores an answer; once this returns it outlives the process and the instance's restart."""
        path = self._path(request_id)
        part = path.with_suffix(".part")
        with part.open("w", encoding="utf-8") as file:
            json.dump(answer, file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        self._forget_oldest()

    def _forget_oldest(self) -> None:
        files = list(self._directory.glob("*.json"))
        if len(files) > _KEPT:
            files.sort(key=lambda path: path.stat().st_mtime)
            for path in files[: len(files) - _KEPT]:
                path.unlink()

    def _path(self, request_id: str) -> Path:
        return self._directory / f"{hashlib.sha256(request_id.encode()).hexdigest()}.json"
