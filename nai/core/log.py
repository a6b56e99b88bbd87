"""The log of a service: one JSON object a line on its standard error, which the journal keeps."""

from __future__ import annotations

import json
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""Of the request that is being answered, or that started the task."""


class JsonFormatter(logging.Formatter):
    """Writes a record as JSON: time, level, logger, message, request, fields of the caller, traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        request = request_id.get()
        if request is not None:
            line["request_id"] = request
        line.update(getattr(record, "fields", {}))
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def set_up_logging(level: str) -> None:
    """Send everything of this level and above to standard error.

    Args:
        level: Name of the least severity: DEBUG, INFO, WARNING or ERROR.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # They tell every frame and statement, and would tell passwords within.
    for name in (
        "aiormq",
        "aio_pika",
        "aiosqlite",
        "asyncmy",
        "httpx",
        "httpcore",
        "sqlalchemy",
        "urllib3",
        "keystoneauth",
    ):
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))
