"""Answers the NFVO's question for an instance's output (queue `nfvo.vnfm.logs`, POST /logs/... of the NFVO)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nai.core.bus import Delivery
    from nai.vnfm.generic.output import Outputs, ScriptRun

LOGS_QUEUE = "nfvo.vnfm.logs"


class Logs:
    """The output of instances, as lines."""

    def __init__(self, outputs: Outputs) -> None:
        """Reads what is kept."""
        self._outputs = outputs

    async def answer(self, delivery: Delivery) -> Mapping[str, Any]:
        """Answers `{"vnfrName","hostname","lines"?,"nsrId"?}` with `{"answer":{"output":[...],"error":[...]}}`."""
        body = delivery.body
        nsr_id = body.get("nsrId")
        runs = await self._outputs.of_instance(
            str(body.get("vnfrName", "")), str(body.get("hostname", "")), str(nsr_id) if nsr_id else None
        )
        lines = body.get("lines")
        most = lines if isinstance(lines, int) and lines > 0 else None
        return {
            "answer": {"output": _last(log_lines(runs, "output"), most), "error": _last(log_lines(runs, "err"), most)}
        }


def log_lines(runs: Sequence[ScriptRun], field: str) -> list[str]:
    """Returns the lines of all runs, each run's after a line that names it.

    Args:
        runs: In order.
        field: `output` or `err`.
    """
    lines: list[str] = []
    for run in runs:
        text: str = getattr(run, field)
        status = "running" if run.status is None else f"status {run.status}"
        lines.append(f"== {run.started_at:%Y-%m-%dT%H:%M:%SZ} {run.event} {run.script}: {status}")
        lines += text.splitlines()
    return lines


def _last(lines: list[str], most: int | None) -> list[str]:
    return lines if most is None else lines[-most:]
