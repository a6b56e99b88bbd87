"""Figures of a running instance, from the engine's statistics and the host's end of its NICs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nova import objects

from . import network, power

_NIC_FIGURES = ("octets", "errors", "drop", "packets")
_KERNEL_NAMES = {"octets": "bytes", "drop": "dropped"}


def collect(container: Mapping[str, Any], stats: Mapping[str, Any], vifs: Sequence[network.Vif]) -> Any:
    """Returns Nova's diagnostics of an instance.

    Nova's list of drivers knows none for Docker, and its API refuses a name that is not in the list: `driver` says
    libvirt, the nearest in kind, and `hypervisor` says docker.

    Args:
        container: The engine's full description.
        stats: The engine's statistics, one sample.
        vifs: The instance's ports.
    """
    result = objects.Diagnostics(
        state=_word(power.state_of(container)),
        driver="libvirt",
        hypervisor="docker",
        hypervisor_os="linux",
        uptime=uptime_seconds(container["State"]),
        config_drive=False,
    )
    result.memory_details = objects.MemoryDiagnostics(
        maximum=container["HostConfig"]["Memory"] // (1024 * 1024),
        used=int(stats.get("memory_stats", {}).get("usage", 0)) // (1024 * 1024),
    )
    cpu = stats.get("cpu_stats", {}).get("cpu_usage", {})
    vcpus = max(1, container["HostConfig"]["CpuQuota"] // (container["HostConfig"]["CpuPeriod"] or 1))
    for number in range(vcpus):
        # A quota is not tied to CPUs: the time is spread evenly over the flavour's.
        result.add_cpu(id=number, time=int(cpu.get("total_usage", 0)) // vcpus)
    for vif in vifs:
        result.add_nic(mac_address=vif["address"], **nic_figures(network.taps([vif])[0]))
    result.add_disk(**disk_figures(stats))
    return result


def nic_figures(tap: str, devices: Path = Path("/sys/class/net")) -> dict[str, int]:
    """Returns a NIC's counters as the instance counts: what the host's end sends is what the instance receives."""
    figures = {}
    for inside, outside in (("rx", "tx"), ("tx", "rx")):
        for figure in _NIC_FIGURES:
            counter = devices / tap / "statistics" / f"{outside}_{_KERNEL_NAMES.get(figure, figure)}"
            try:
                figures[f"{inside}_{figure}"] = int(counter.read_text())
            except OSError:
                figures[f"{inside}_{figure}"] = 0
    return figures


def disk_figures(stats: Mapping[str, Any]) -> dict[str, int]:
    """Returns the block device counters of an instance."""
    sums = {"read_bytes": 0, "read_requests": 0, "write_bytes": 0, "write_requests": 0}
    block = stats.get("blkio_stats", {})
    for key, suffix in (("io_service_bytes_recursive", "bytes"), ("io_serviced_recursive", "requests")):
        for entry in block.get(key) or ():
            name = f"{entry['op'].lower()}_{suffix}"
            if name in sums:
                sums[name] += int(entry["value"])
    return {**sums, "errors_count": 0}


def flat(details: Any) -> dict[str, Any]:
    """Returns diagnostics the way microversions before 2.48 show them."""
    figures: dict[str, Any] = {
        "memory": details.memory_details.maximum * 1024,
        "memory-actual": details.memory_details.used * 1024,
    }
    for number, cpu in enumerate(details.cpu_details):
        figures[f"cpu{number}_time"] = cpu.time
    for number, nic in enumerate(details.nic_details):
        for direction in ("rx", "tx"):
            for figure in _NIC_FIGURES:
                name = "" if figure == "octets" else f"_{figure}"
                figures[f"eth{number}_{direction}{name}"] = getattr(nic, f"{direction}_{figure}")
    for disk in details.disk_details:
        for figure in ("read_bytes", "write_bytes"):
            figures[f"rootfs_{figure}"] = getattr(disk, figure)
    return figures


def uptime_seconds(state: Mapping[str, Any], now: datetime | None = None) -> int:
    """Returns since when a container runs, in seconds; 0 when it does not."""
    if not state.get("Running"):
        return 0
    # The engine writes nanoseconds, Python reads microseconds.
    started = datetime.fromisoformat(f"{state['StartedAt'][:19]}+00:00")
    return max(0, int(((now or datetime.now(UTC)) - started).total_seconds()))


def _word(state: int) -> str:
    return {1: "running", 3: "paused"}.get(state, "shutdown")
