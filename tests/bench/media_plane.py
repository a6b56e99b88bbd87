"""Scaling out on the running cloud without a pool, beside plain boots of the same image in the same run."""

import itertools
import secrets
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from nai.installer.verification.media_plane.descriptor import Wanted, network_service
from nai.installer.verification.media_plane.manager import Manager
from nai.installer.verification.media_plane.nfvo import Nfvo
from tests.support import cloud, hosts
from tests.support.sweep import sweep
from tests.support.wait import until

PREFIX = "bench-"
IMAGE, FLAVOR, NETWORK, POINT_OF_PRESENCE = "nai-kurento-stand-in", "d1.small", "internal_nubomedia", "nubomedia"
COUNTS = (1, 5)
ROUNDS = 3
POLL_SECONDS = 0.05


def measure() -> dict[str, Any]:
    """Seconds from the decision until as many more media servers serve, and of a plain boot; medians."""
    said = cloud.endpoints(hosts.TESTBED)
    connection = cloud.connect(said)
    sweep(connection, PREFIX)
    nfvo = Nfvo(said["nfvo"]["url"], Path(said["nfvo"]["password_file"]).read_text().strip())
    nfvo.log_in()
    manager_url = said["media_server_vnfm"]["url"]
    _boot(connection)  # the image is on the hosts
    boots: list[float] = []
    scaled: dict[int, list[float]] = {count: [] for count in COUNTS}
    active: list[float] = []
    for _, count in itertools.product(range(ROUNDS), COUNTS):
        boots.append(_boot(connection))
        with _service(nfvo, count) as (record, seconds):
            active.append(seconds)
            scaled[count].append(_scale_out(manager_url, record["vnfr"][0]["id"], count))
    result = {str(count): round(statistics.median(seconds), 2) for count, seconds in scaled.items()}
    return {
        "rounds": ROUNDS,
        "boot_seconds": round(statistics.median(boots), 2),
        "active_seconds": round(statistics.median(active), 2),
        "scale_out_seconds": result,
        "each_seconds": {str(count): [round(each, 2) for each in seconds] for count, seconds in scaled.items()},
        "boot_each_seconds": [round(each, 2) for each in boots],
    }


def _boot(connection: Any) -> float:
    """Seconds from the request to ACTIVE of an instance with a floating IP, as the media servers are; it is deleted."""
    compute, net = connection.compute, connection.network
    network = next(iter(net.networks(name=NETWORK)))
    external = net.find_network("external", ignore_missing=False)
    flavor = compute.find_flavor(FLAVOR, ignore_missing=False)
    image = connection.image.find_image(IMAGE, ignore_missing=False)
    begun = time.monotonic()
    port = net.create_port(network_id=network.id, name=f"{PREFIX}boot")
    address = net.create_ip(floating_network_id=external.id, port_id=port.id)
    server = compute.create_server(
        name=f"{PREFIX}boot-{secrets.token_hex(2)}",
        image_id=image.id,
        flavor_id=flavor.id,
        networks=[{"port": port.id}],
    )
    try:
        while (status := compute.get_server(server.id).status) != "ACTIVE":
            assert status != "ERROR", compute.get_server(server.id).fault
            assert time.monotonic() - begun < 120, f"still {status}"
            time.sleep(POLL_SECONDS)
        return time.monotonic() - begun
    finally:
        compute.delete_server(server.id)
        compute.wait_for_delete(server, interval=0.2, wait=60)
        net.delete_ip(address)
        net.delete_port(port, ignore_missing=True)


@contextmanager
def _service(nfvo: Nfvo, count: int) -> Iterator[tuple[dict[str, Any], float]]:
    """A network service with one media server, whose policy adds `count` at once; its record, and seconds to ACTIVE."""
    wanted = Wanted(f"{PREFIX}{secrets.token_hex(3)}", POINT_OF_PRESENCE, IMAGE, FLAVOR, 1, NETWORK)
    descriptor = network_service(wanted)
    function = descriptor["vnfd"][0]
    function["vdu"][0]["scale_in_out"] = 1 + count
    out = function["auto_scale_policy"][0]
    function["auto_scale_policy"] = [
        out | {"period": 1, "cooldown": 1, "actions": [{"type": "SCALE_OUT", "value": str(count)}]}
    ]
    onboarded = nfvo.onboard(descriptor)
    begun = time.monotonic()
    record = nfvo.instantiate(onboarded)
    try:
        seen = until(
            f"{wanted.name} is ACTIVE",
            lambda: nfvo.record(record) or {},
            seconds=120,
            holds=lambda seen: seen.get("status") == "ACTIVE",
            every_seconds=POLL_SECONDS,
        )
        yield seen, time.monotonic() - begun
    finally:
        nfvo.terminate(record)
        until(f"{wanted.name} is gone", lambda: nfvo.record(record) is None, seconds=120)
        nfvo.forget(onboarded)


def _scale_out(manager_url: str, vnfr: str, count: int) -> float:
    """Loads the one media server; returns the seconds that the manager needed for `count` more, by its own record."""
    manager = Manager(manager_url, vnfr)
    session = manager.register(100, "bench")
    assert session is not None, "no room for the first session"

    def done() -> list[dict[str, Any]]:
        answer = requests.get(f"{manager_url}/vnfr/{vnfr}/decisions", params={"state": "DONE"}, timeout=10)
        return [each for each in answer.json() if each["direction"] == "OUT"]

    decision = until(f"{count} more media servers", done, seconds=180, every_seconds=0.5)[0]
    assert decision["scaled"] == count, decision
    manager.end(session.id)
    return float(decision["executionMs"]) / 1000
