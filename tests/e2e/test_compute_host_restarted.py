"""A compute host goes down and comes back: so do its instances, as Nova says they should."""

import subprocess
from typing import Any

import pytest

from nai.installer.testbed.ownership import this_checkout
from tests.support.hosts import Host
from tests.support.servers import NewServer
from tests.support.wait import until

pytestmark = pytest.mark.destructive


def test_instances_come_back_as_nova_says(connection: Any, new_server: NewServer, compute_hosts: list[Host]) -> None:
    host = compute_hosts[0]
    running, stopped = new_server(host=host.name).active(), new_server(host=host.name).active()
    running.ssh("echo kept > /root/kept")
    connection.compute.stop_server(stopped.id)
    stopped.wait("SHUTOFF")

    container = this_checkout().name(host.name)
    subprocess.run(["docker", "stop", "--time", "60", container], check=True, capture_output=True)
    subprocess.run(["docker", "start", container], check=True, capture_output=True)

    until("the host answers", lambda: host.run("true", check=False).returncode == 0, seconds=60)
    until(
        "nova-compute is up",
        lambda: host.read("systemctl is-active nova-compute || true"),
        seconds=120,
        holds=lambda state: state == "active",
    )
    running.active(180)
    assert running.ssh("cat /root/kept", seconds=60) == "kept"
    assert stopped.wait("SHUTOFF").status == "SHUTOFF"
    assert not host.read(f"docker ps -q --filter label=nai.instance={stopped.id}"), "a stopped instance was started"
    connection.compute.start_server(stopped.id)
    stopped.active().banner()

    # The host takes new ones as well.
    new_server(host=host.name).active().banner()
