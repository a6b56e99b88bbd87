"""`python -m tests.bench [measure …]`: measures, writes tests/bench/results/<date>.json and docs/figures.md.

Without a name all but `up`, which starts from nothing and so takes the testbed down first; `all` is every one. What is
not measured is taken over from the last results file, with when it was measured.
"""

import json
import os
import platform
import subprocess
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench import boot, journal, kilo, media_server, memory, scaling, up, verbs
from tests.bench.page import page
from tests.support.repository import ROOT

FROM_NOTHING = {"up"}
"""Measures that replace the testbed."""

RESULTS = ROOT / "tests" / "bench" / "results"

MEASURES: dict[str, Callable[[], dict[str, Any]]] = {
    "up": up.measure,
    "deployment": journal.first_deployment,
    "memory": memory.measure,
    "boot": boot.measure,
    "verbs": verbs.measure,
    "scaling": scaling.measure,
    "kilo": kilo.measure,
    "media_server": media_server.measure,
}


def machine() -> dict[str, Any]:
    """What the figures depend on."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        "unknown",
    )
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "commit": commit.stdout.strip() or "unknown",
        "cpus": os.cpu_count(),
        "cpu_model": model,
        "memory_gb": round(pages / 2**30),
        "kernel": platform.release(),
    }


def _earlier() -> dict[str, Any]:
    """What the last results file holds: the figures of each measure, and when each was measured."""
    last = max(RESULTS.glob("*.json"), default=None)
    content = json.loads(last.read_text()) if last else {}
    return {key: content.get(key, {}) for key in ("measures", "measured")}


def main(names: list[str]) -> int:
    """Measures what is named, or everything; a measure that fails is noted and the others go on.

    Returns:
        1 when a measure failed.
    """
    names = list(MEASURES) if names == ["all"] else names or [name for name in MEASURES if name not in FROM_NOTHING]
    unknown = set(names) - set(MEASURES)
    if unknown:
        sys.stderr.write(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(MEASURES)}\n")
        return 2
    now = datetime.now(UTC)
    results: dict[str, Any] = {"machine": machine(), **_earlier(), "failures": {}}
    stamp = f"{results['machine']['date']}, commit {results['machine']['commit']}"
    for name in names:
        sys.stdout.write(f"{name} …\n")
        sys.stdout.flush()
        try:
            results["measures"] |= {name: MEASURES[name]()}
            results["measured"] |= {name: stamp}
        except Exception as error:  # noqa: BLE001  # a failed measure must not lose the others
            traceback.print_exc()
            results["failures"][name] = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"{now:%Y-%m-%dT%H%M%SZ}.json"
    file.write_text(json.dumps(results, indent=2) + "\n")
    (ROOT / "docs" / "figures.md").write_text(page(results, file.name))
    sys.stdout.write(f"{file.relative_to(ROOT)} and docs/figures.md written\n")
    return 1 if results["failures"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
