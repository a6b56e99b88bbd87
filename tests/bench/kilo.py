"""The inventory of one master and 25 blades, none of which has to be there."""

import statistics
import time
from typing import Any

from nai.installer.schema import schema
from tests.bench.verbs import seconds_of
from tests.support.ansible import playbook, run
from tests.support.rendering import Rendering
from tests.support.repository import ROOT

BLADES = ROOT / "inventories" / "kilo_blades"


def measure() -> dict[str, Any]:
    """Seconds of validate (median of five), of a plan that no host answers, and of rendering all files of all hosts."""
    validate = statistics.median(seconds_of(lambda: run("nai", "validate", "-i", BLADES)) for _ in range(5))
    plan = seconds_of(lambda: playbook("playbooks/plan.yml", "-i", BLADES))
    start = time.monotonic()
    secrets = {name: f"bench-{name}" for name in schema().secrets_for("full", "kilo")}
    rendering = Rendering(BLADES, secrets)
    files = {host: len(rendering.files(host)) for host in rendering.hosts}
    return {
        "hosts": len(files),
        "validate_seconds": round(validate, 2),
        "plan_seconds": round(plan, 1),
        "render_seconds": round(time.monotonic() - start, 1),
        "rendered_files": sum(files.values()),
    }
