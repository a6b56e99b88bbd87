"""nova-compute is killed in the middle of a spawn: nothing is half there afterwards."""

import threading
from typing import Any

import pytest

from tests.support import leftovers
from tests.support.cloud import Server
from tests.support.hosts import Host
from tests.support.servers import NewServer
from tests.support.wait import until

pytestmark = pytest.mark.destructive

# What shows on the compute host that a spawn has come so far, in the order it happens. $1 is the instance's UUID.
MOMENTS = {
    "the container exists": 'docker ps -aq --filter label=nai.instance="$1" | grep -q .',
    "a port is plugged": '[ "$(ovs-vsctl --bare --columns=name list Interface | wc -w)" -gt "$ports" ]',
    "the container runs": 'docker ps -q --filter label=nai.instance="$1" | grep -q .',
}


def kill_when(moment: str) -> str:
    """A script that waits for any new instance to come so far, and kills nova-compute at once."""
    return f"""
    ports=$(ovs-vsctl --bare --columns=name list Interface | wc -w)
    known=$(docker ps -aq --filter label=nai.instance | wc -l)
    end=$((SECONDS + 60))
    reached() {{ {moment}; }}
    while [ $SECONDS -lt $end ]; do
        for id in $(docker ps -a --filter label=nai.instance --format '{{{{.Label "nai.instance"}}}}'); do
            grep -qx "$id" /run/e2e-known && continue
            if reached "$id"; then
                systemctl kill --signal=KILL nova-compute
                echo killed
                exit 0
            fi
        done
    done
    """


def settled(server: Server) -> Any:
    """Waits until Nova has made up its mind about a server."""
    return until(
        f"server {server.id} is ACTIVE or ERROR",
        server.read,
        seconds=180,
        holds=lambda seen: seen.status in {"ACTIVE", "ERROR"} and seen.task_state is None,
    )


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
def test_killed_in_the_middle_of_a_spawn(
    moment: str, connection: Any, new_server: NewServer, compute_hosts: list[Host]
) -> None:
    host = compute_hosts[0]
    before = leftovers.on_compute_hosts([host])
    platform_before = leftovers.in_the_platform(connection)
    host.run("docker ps -a --filter label=nai.instance --format '{{.Label \"nai.instance\"}}' > /run/e2e-known")

    said: list[str] = []
    script = kill_when(moment)
    watcher = threading.Thread(target=lambda: said.append(host.run(script, check=False, seconds=90).stdout))
    watcher.start()
    servers = [new_server(host=host.name) for _ in range(2)]
    watcher.join()
    assert said == ["killed\n"], "the moment was not reached"

    host.run("systemctl start nova-compute", seconds=120)
    for server in servers:
        if settled(server).status == "ACTIVE":
            server.banner()
        else:
            assert server.id not in host.read(
                "docker ps -a --filter label=nai.instance --format '{{.Label \"nai.instance\"}}'"
            )
    for server in servers:
        server.delete(120)
    until(
        "nothing is left on the compute host",
        lambda: leftovers.new(before, leftovers.on_compute_hosts([host])),
        seconds=60,
        holds=lambda seen: not seen,
    )
    assert leftovers.in_the_platform(connection) <= platform_before


def test_killed_while_idle_keeps_the_instances(new_server: NewServer, compute_hosts: list[Host]) -> None:
    host = compute_hosts[0]
    server = new_server(host=host.name).active()
    server.ssh("echo kept > /run/kept")
    host.run("systemctl kill --signal=KILL nova-compute; systemctl start nova-compute", seconds=120)
    assert server.ssh("cat /run/kept") == "kept", "the instance did not notice"
    server.delete()
