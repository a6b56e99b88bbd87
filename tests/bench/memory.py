"""Memory of the platform's services: proportional set size, so that shared pages are counted once."""

from typing import Any

from tests.support.hosts import hosts

# Sums Pss of every process under the systemd unit it belongs to.
_PSS = r"""
exec /usr/bin/python3 - <<'END'
import collections, pathlib, re
total = collections.Counter()
for folder in pathlib.Path("/proc").glob("[0-9]*"):
    try:
        unit = re.search(r"/([^/]+)\.service(/|$)", (folder / "cgroup").read_text(), re.MULTILINE)
        pss = re.search(r"^Pss:\s+(\d+)", (folder / "smaps_rollup").read_text(), re.MULTILINE)
    except OSError:  # it has ended
        continue
    if unit and pss:
        total[unit[1]] += int(pss[1])
for name, kilobytes in total.most_common():
    print(name, kilobytes)
END
"""


def measure() -> dict[str, Any]:
    """Megabytes per unit and host, and their sums."""
    units: dict[str, dict[str, float]] = {}
    for name, host in hosts().items():
        lines = (line.split() for line in host.read(_PSS).splitlines())
        megabytes = {unit: round(int(kilobytes) / 1024, 1) for unit, kilobytes in lines}
        units[name] = megabytes
    return {
        "pss_mb": units,
        "host_pss_mb": {name: round(sum(of_host.values())) for name, of_host in units.items()},
    }
