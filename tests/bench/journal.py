"""Seconds per stage of the runs that have been, out of their journals."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.support.repository import ROOT

JOURNAL = ROOT / ".nai" / "journal"


def runs(folder: Path = JOURNAL) -> Iterator[dict[str, Any]]:
    """The complete, real runs of site.yml, oldest first.

    Yields:
        `{"file", "seconds", "changed", "stages": {stage: seconds}}`.
    """
    for file in sorted(folder.glob("*.jsonl")):
        events: list[dict[str, Any]] = [json.loads(line) for line in file.read_text().splitlines() if line.strip()]
        start: dict[str, Any] = next((event for event in events if event["event"] == "run"), {})
        end = next((event for event in events if event["event"] == "end"), None)
        if end is None or end["failed"] or start.get("playbook") != "site.yml":
            continue
        if start.get("check_mode") or start.get("limit") or start.get("tags") not in ([], ["all"]):
            continue
        stages = {event["stage"]: event["seconds"] for event in events if event["event"] == "stage"}
        yield {"file": file.name, "seconds": end["seconds"], "changed": end["changed"], "stages": stages}


def first_deployment() -> dict[str, Any]:
    """The run that changed most: the one that made the platform."""
    made = max(runs(), key=lambda run: int(run["changed"]), default=None)
    if made is None:
        raise LookupError("no complete run of site.yml in .nai/journal")
    return made
