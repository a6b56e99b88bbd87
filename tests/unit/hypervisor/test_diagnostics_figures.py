"""Figures of an instance."""

from datetime import UTC, datetime
from pathlib import Path

from nai.hypervisor import diagnostics
from nai.hypervisor.stopwatch import Stopwatch


def test_what_the_hosts_end_sends_the_instance_receives(tmp_path: Path) -> None:
    counters = tmp_path / "tap0" / "statistics"
    counters.mkdir(parents=True)
    (counters / "tx_bytes").write_text("7\n")
    (counters / "rx_packets").write_text("3\n")
    figures = diagnostics.nic_figures("tap0", tmp_path)
    assert (figures["rx_octets"], figures["tx_packets"], figures["rx_errors"]) == (7, 3, 0)


def test_block_devices_are_summed() -> None:
    entries = [
        {"op": "Read", "value": 5},
        {"op": "read", "value": 6},
        {"op": "write", "value": 1},
        {"op": "Total", "value": 9},
    ]
    found = diagnostics.disk_figures(
        {"blkio_stats": {"io_service_bytes_recursive": entries, "io_serviced_recursive": None}}
    )
    assert (found["read_bytes"], found["write_bytes"], found["read_requests"]) == (11, 1, 0)


def test_uptime_is_zero_for_what_does_not_run() -> None:
    state = {"Running": True, "StartedAt": "2026-01-01T10:00:00.123456789Z"}
    now = datetime(2026, 1, 1, 10, 1, tzinfo=UTC)
    assert diagnostics.uptime_seconds(state, now) == 60
    assert diagnostics.uptime_seconds({**state, "Running": False}, now) == 0


def test_waiting_for_others_is_not_the_drivers_time() -> None:
    times = iter([0.0, 1.0, 3.0, 3.5])
    clock = Stopwatch(lambda: next(times))
    clock.lap("create")
    clock.lap("wait for ports")
    clock.lap("plug")
    assert clock.own_seconds == 1.5
    assert str(clock) == "3.500 s, 1.500 s of it the driver's own (create 1.000, wait for ports 2.000, plug 0.500)"
