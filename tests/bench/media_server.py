"""The media-server VNFM: durable registrations, what a placement costs, policies, scaling out of the warm pool.

Needs no testbed: the service runs on one processor of this machine, MariaDB and RabbitMQ are processes of the bench's
own, the cloud is in memory.
"""

import asyncio
import itertools
import json
import statistics
import subprocess
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nai.vnfm.media_server.model import Application, ManagedVnfr, MediaServer
from nai.vnfm.media_server.state import State
from tests.bench import media_server_scaling
from tests.support.media_server import Caller, MediaServerVnfm, callers
from tests.support.services import MariaDB

VNFR = "vnfr-bench"
SERVERS = 1000
REGISTRATIONS = 20_000
CONNECTIONS = 16
CAPACITY = 100_000

SIZES = (10, 1000, 100_000)
PLACEMENTS = 20_000


def measure() -> dict[str, Any]:
    """All figures of the media-server VNFM."""
    with tempfile.TemporaryDirectory() as folder:
        figures: dict[str, Any] = {"servers": SERVERS, "connections": CONNECTIONS}
        (sqlite := Path(folder) / "sqlite").mkdir()
        figures["sqlite"] = registrations(MediaServerVnfm(sqlite, prefix=["taskset", "-c", "0"]))
        for directory in ((server := Path(folder) / "server"), (mariadb := Path(folder) / "mariadb")):
            directory.mkdir()
        database = MariaDB(server)
        database.prepare()
        database.start()
        try:
            url = database.create("media_server")
            figures["mariadb"] = registrations(MediaServerVnfm(mariadb, url, prefix=["taskset", "-c", "0"]))
            figures |= media_server_scaling.measure(database)
        finally:
            database.stop()
    figures["placement_microseconds"] = {str(size): placement_microseconds(size) for size in SIZES}
    return figures


def registrations(service: MediaServerVnfm) -> dict[str, float]:
    """Rate and latency of registrations, every one in the database before it is answered.

    Args:
        service: A service that does not run, on an empty database.

    Returns:
        Registrations per second, median and 99th percentile in milliseconds, processor time of one in microseconds.
    """
    service.prepare(
        VNFR, [(f"host-{number}", f"10.0.{number // 250}.{number % 250}", CAPACITY) for number in range(SERVERS)]
    )
    service.start()
    try:
        asyncio.run(_register(service.port, REGISTRATIONS // 10))  # everything is loaded and compiled by then
        before = _processor_seconds(service)
        seconds, latencies = asyncio.run(_register(service.port, REGISTRATIONS))
        used = _processor_seconds(service) - before
        registered = len(service.get(f"/vnfr/{VNFR}/app"))
    finally:
        service.stop()
    assert registered == REGISTRATIONS + REGISTRATIONS // 10
    hundredths = statistics.quantiles(latencies, n=100)
    return {
        "per_second": round(REGISTRATIONS / seconds),
        "median_ms": round(hundredths[49] * 1000, 1),
        "p99_ms": round(hundredths[98] * 1000, 1),
        "processor_microseconds": round(used / REGISTRATIONS * 1e6),
    }


async def _register(port: int, number: int) -> tuple[float, list[float]]:
    latencies: list[float] = []
    run = time.time_ns()

    async def work(caller: Caller, index: int) -> None:
        for count in range(number // CONNECTIONS):
            document = {"points": 50, "extAppId": f"{run}-{index}-{count}"}
            began = time.perf_counter()
            status, body = await caller.request("POST", f"/vnfr/{VNFR}/app", document)
            latencies.append(time.perf_counter() - began)
            assert status == 201, body

    began = time.perf_counter()
    await callers(port, CONNECTIONS, work)
    return time.perf_counter() - began, latencies


def _processor_seconds(service: MediaServerVnfm) -> float:
    """Processor time that the service has taken."""
    ticks = Path(f"/proc/{service.process_id}/stat").read_text().rpartition(")")[2].split()
    per_second = int(subprocess.run(["getconf", "CLK_TCK"], capture_output=True, text=True, check=True).stdout)
    return (int(ticks[11]) + int(ticks[12])) / per_second


class _NoJournal:
    """Writes nothing down: what is measured is the placement."""

    def _nothing(self, _what: ManagedVnfr | MediaServer | Application) -> None:
        pass

    vnfr = vnfr_gone = server = server_gone = application = application_gone = _nothing


def placement_microseconds(size: int) -> float:
    """Microseconds of placing one application and removing another, at so many media servers, half of them in use.

    The servers are of three capacities, and the points differ, so that everything that is sorted has something to sort.
    """
    numbers = itertools.count()
    state = State(_NoJournal(), new_id=lambda: str(next(numbers)))
    state.manage(VNFR, "nsr", "START")
    for number in range(size):
        state.add_server(VNFR, f"host-{number}", "10.0.0.1", (100, 200, 400)[number % 3])
    now = datetime.now(UTC)
    points = itertools.cycle((50, 10, 35, 80, 25, 5, 60))
    placed = [state.register(VNFR, next(points), None, now=now, beat=0)[0] for _ in range(size)]
    began = time.perf_counter()
    for turn in range(PLACEMENTS):
        # Every seventh or so goes next, so that servers empty and fill in no special order.
        index = turn * 7 % len(placed)
        state.unregister(placed[index])
        placed[index] = state.register(VNFR, next(points), None, now=now, beat=0)[0]
    return round((time.perf_counter() - began) / PLACEMENTS * 1e6, 1)


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))  # noqa: T201
