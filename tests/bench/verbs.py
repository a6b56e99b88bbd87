"""Seconds of the verbs on a platform that has nothing to do."""

import statistics
import time
from collections.abc import Callable
from typing import Any

from tests.support.ansible import Run, playbook, run


def seconds_of(call: Callable[[], Run]) -> float:
    """Runs once and returns the wall time."""
    start = time.monotonic()
    done = call()
    assert done.exit_code == 0, done.output[-3000:]
    return time.monotonic() - start


def measure() -> dict[str, Any]:
    """Seconds of validate (median of five), plan, precheck and a second run with what it changed."""
    validate = statistics.median(seconds_of(lambda: run("nai", "validate")) for _ in range(5))
    plan = seconds_of(lambda: playbook("playbooks/plan.yml"))
    precheck = seconds_of(lambda: playbook("playbooks/precheck.yml"))
    start = time.monotonic()
    again = playbook("site.yml").ok()
    return {
        "validate_seconds": round(validate, 2),
        "plan_seconds": round(plan, 1),
        "precheck_seconds": round(precheck, 1),
        "second_run_seconds": round(time.monotonic() - start, 1),
        "second_run_changed": sum(again.changed.values()),
    }
