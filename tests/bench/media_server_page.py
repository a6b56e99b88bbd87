"""The media-server VNFM's part of docs/figures.md, beside the original's figures (seed 6.2)."""

from collections.abc import Mapping
from typing import Any

from tests.bench.markdown import Row, table

DURABLE = "An answer means that the registration is on the disk."

ORIGINAL = """The original's figures are those of its own evaluation (D3.3, 6.2). Scaling out: from the decision
until the instances serve, with RabbitMQ and MariaDB, the record updated and stored by a stand-in of the NFVO; without
pool, in a cloud in memory where an instance boots for 1900 ms."""


def parts(figures: Mapping[str, Any]) -> list[str]:
    """Returns the paragraphs.

    Args:
        figures: What `media_server.measure` gave.
    """
    load = f"{figures['servers']} media servers, {figures['connections']} connections"
    sizes = [(f"{int(size):,}".replace(",", " "), cost) for size, cost in figures["placement_microseconds"].items()]
    return [
        "## Media servers: placing sessions\n",
        f"{load}; the service on one processor, caller and database on the other.\n{DURABLE}\n",
        table(("what", "SQLite", "MariaDB", "aim"), _registrations(figures)),
        "One application placed and another one removed, without the database:\n",
        table(("media servers", "microseconds"), sizes),
        "## Media servers: elasticity\n",
        f"{ORIGINAL}\n",
        table(("milliseconds", "measured", "aim", "the original"), _elasticity(figures)),
    ]


def _registrations(figures: Mapping[str, Any]) -> list[Row]:
    rows = (
        ("registrations per second", "per_second", "2000"),
        ("median, ms", "median_ms", ""),
        ("99th percentile, ms", "p99_ms", "10"),
        ("processor time of one, µs", "processor_microseconds", "500"),
    )
    return [(what, figures["sqlite"][key], figures["mariadb"][key], aim) for what, key, aim in rows]


def _elasticity(figures: Mapping[str, Any]) -> list[Row]:
    return [
        (f"{figures['policies']} policies evaluated", figures["policies_ms"], 100, ""),
        ("one policy: detection and decision", figures["detection_and_decision_ms"], "", "56-78 and 27"),
        ("one instance out of the pool", figures["pool_ms"]["1"], 20, 140),
        ("five instances out of the pool", figures["pool_ms"]["5"], 40, 350),
        ("one instance without pool", figures["cold_ms"]["1"], 2470, 16570),
        ("five instances without pool", figures["cold_ms"]["5"], "1.3 times one", 83372),
    ]
