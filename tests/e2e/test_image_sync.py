"""Docker images of Glance are on every compute host before they are asked for, and go when nothing needs them."""

import json
from pathlib import Path
from typing import Any

from tests.support.hosts import Host
from tests.support.images import glance_image
from tests.support.servers import NewServer


def sync(host: Host, *options: str) -> dict[str, Any]:
    """Runs the synchroniser on a compute host; returns its report."""
    # The timer may be at it: systemd's unit is waited for, then ours has the host to itself.
    host.run("systemctl start nai-images-sync.service", seconds=120)
    return dict(json.loads(host.read(f"nai images sync --json {' '.join(options)}", seconds=120)))


def tags(host: Host) -> set[str]:
    """Ids of Glance's images on the host."""
    listed = host.read("docker image ls --format '{{.Repository}}:{{.Tag}}'").splitlines()
    return {name.removeprefix("glance:") for name in listed if name.startswith("glance:")}


def test_a_new_image_comes_to_every_compute_host_and_an_unused_one_goes(
    connection: Any, compute_hosts: list[Host], tmp_path: Path
) -> None:
    with glance_image(connection, "e2e-sync", tmp_path, "purpose=sync") as image:
        for host in compute_hosts:
            sync(host)
            assert image.id in tags(host), host.name
    for host in compute_hosts:
        report = sync(host)
        assert image.id in report["waiting"], "the grace period has just begun"
        assert image.id in tags(host), host.name
        assert image.id in sync(host, "--grace-period-seconds", "0")["removed"]
        assert image.id not in tags(host), host.name


def test_an_image_in_use_stays(
    connection: Any, compute_hosts: list[Host], new_server: NewServer, tmp_path: Path
) -> None:
    host = compute_hosts[0]
    with glance_image(connection, "e2e-used", tmp_path, "purpose=used") as image:
        server = new_server(host=host.name, image_id=image.id).active(120)
    assert image.id in sync(host, "--grace-period-seconds", "0")["used"]
    assert image.id in tags(host)
    server.banner()
    connection.compute.reboot_server(server.id, "HARD")
    server.active().banner()
    server.delete()
    assert image.id in sync(host, "--grace-period-seconds", "0")["removed"]


def test_the_timer_runs(compute_hosts: list[Host]) -> None:
    for host in compute_hosts:
        assert host.read("systemctl is-active nai-images-sync.timer") == "active", host.name
        assert host.read("systemctl show -p Result --value nai-images-sync.service") == "success", host.name
