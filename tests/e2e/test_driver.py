"""What a user can do with a server, one call after the other."""

from typing import Any

import pytest

from tests.support import cloud
from tests.support.cloud import Server
from tests.support.hosts import Host
from tests.support.servers import NewServer
from tests.support.wait import until


@pytest.mark.parametrize("kind", ["SOFT", "HARD"])
def test_reboot(connection: Any, shared_server: Server, kind: str) -> None:
    before = shared_server.ssh("cat /proc/1/stat | cut -d' ' -f22; hostname")
    connection.compute.reboot_server(shared_server.id, kind)
    shared_server.active()
    after = shared_server.ssh("cat /proc/1/stat | cut -d' ' -f22; hostname")
    assert after.splitlines()[0] != before.splitlines()[0], "its init did not start anew"
    assert after.splitlines()[1] == before.splitlines()[1]


def test_stop_and_start(connection: Any, shared_server: Server) -> None:
    shared_server.ssh("echo kept > /root/kept")
    address = shared_server.floating_ip()
    connection.compute.stop_server(shared_server.id)
    shared_server.wait("SHUTOFF")
    assert not cloud.answers(address)
    connection.compute.start_server(shared_server.id)
    shared_server.active()
    assert shared_server.ssh("cat /root/kept") == "kept"


def test_pause_and_unpause(connection: Any, shared_server: Server) -> None:
    shared_server.banner()
    connection.compute.pause_server(shared_server.id)
    shared_server.wait("PAUSED")
    with pytest.raises(OSError):  # noqa: PT011  # refused or timed out: the kernel may still accept the connection
        cloud.ssh_banner(shared_server.floating_ip())
    connection.compute.unpause_server(shared_server.id)
    shared_server.active().banner()


def test_suspend_is_refused_with_a_reason_and_without_harm(connection: Any, shared_server: Server) -> None:
    shared_server.ssh("echo kept > /run/kept")
    connection.compute.suspend_server(shared_server.id)
    [event] = until(
        "the refusal in the server's list of actions",
        lambda: [
            event
            for action in connection.compute.server_actions(shared_server.id)
            if action.action == "suspend"
            for event in connection.compute.get_server_action(action.request_id, shared_server.id).events
            if event.get("result") == "Error"
        ],
        seconds=30,
    )
    assert "Docker cannot" in str(event)
    assert shared_server.active().ssh("cat /run/kept") == "kept"


def test_console_output(connection: Any, shared_server: Server) -> None:
    shared_server.ssh("echo a line for the console > /proc/1/fd/1 || echo a line for the console > /dev/console")
    until(
        "the line in the console output",
        lambda: connection.compute.get_server_console_output(shared_server.id, length=50)["output"],
        seconds=15,
        holds=lambda text: "a line for the console" in text,
    )


def test_diagnostics(connection: Any, shared_server: Server) -> None:
    diagnostics = connection.compute.get_server_diagnostics(shared_server.id)
    assert diagnostics.state == "running"
    assert diagnostics.memory_details


def test_limits_are_those_of_the_flavour(connection: Any, shared_server: Server, hosts: dict[str, Host]) -> None:
    flavor = connection.compute.find_flavor("d1.small", ignore_missing=False)
    limits = hosts[shared_server.host].read(
        f"docker inspect --format '{{{{.HostConfig.Memory}}}}' $(docker ps -q -f label=nai.instance={shared_server.id})"
    )
    assert int(limits) == flavor.ram * 1024 * 1024


def test_attach_and_detach_an_interface(connection: Any, shared_server: Server) -> None:
    before = set(shared_server.ssh("ls /sys/class/net").split())
    with cloud.tenant_network(connection, f"{cloud.PREFIX}-second", "10.78.0.0/24") as second:
        interface = connection.compute.create_server_interface(shared_server.id, net_id=second.id)
        try:
            [new] = until(
                "a second interface in the instance",
                lambda: set(shared_server.ssh("ls /sys/class/net").split()) - before,
                seconds=30,
            )
            fixed = interface.fixed_ips[0]["ip_address"]
            until(
                "its address", lambda: fixed in shared_server.ssh(f"cat /proc/net/fib_trie; true # {new}"), seconds=15
            )
        finally:
            connection.compute.delete_server_interface(interface, server=shared_server.id)
        until(
            "the second interface is gone",
            lambda: set(shared_server.ssh("ls /sys/class/net").split()) == before,
            seconds=30,
        )
        until("its port is gone", lambda: connection.network.find_port(interface.port_id) is None, seconds=30)


def test_boot_from_a_snapshot(connection: Any, shared_server: Server, new_server: NewServer) -> None:
    shared_server.ssh("echo from the first life > /root/memory")
    snapshot = connection.compute.create_server_image(
        shared_server.id, f"{cloud.PREFIX}-snapshot", wait=True, timeout=120
    )
    try:
        assert connection.image.get_image(snapshot.id).container_format == "docker"
        again = new_server(image_id=snapshot.id).active(120)
        assert again.ssh("cat /root/memory") == "from the first life"
        again.delete()
    finally:
        connection.image.delete_image(snapshot.id)
    shared_server.active()


def test_user_data_runs_once(connection: Any, new_server: NewServer) -> None:
    script = "#!/bin/sh\necho ran >> /root/user-data-runs\n"
    server = new_server(user_data=cloud.encoded(script)).active()
    until("the script ran", lambda: server.ssh("cat /root/user-data-runs", check=False), seconds=30)
    for kind in ("SOFT", "HARD"):
        connection.compute.reboot_server(server.id, kind)
        server.active()
        # The metadata service is asked at start, before sshd answers.
        assert server.ssh("cat /root/user-data-runs") == "ran", f"after a {kind} reboot"


def test_metadata_and_name_resolution_inside(shared_server: Server) -> None:
    assert shared_server.ssh("hostname") == shared_server.read().name
    assert shared_server.ssh("ip -o link show | awk '/mtu 1450/' | wc -l") != "0"
    assert "nameserver" in shared_server.ssh("cat /etc/resolv.conf")
    assert shared_server.ssh("ip route show default | awk '{print $3}'") == "10.77.0.1"


def test_security_groups_open_and_close_ports(connection: Any, new_server: NewServer, network: cloud.Network) -> None:
    closed = connection.network.create_security_group(name=f"{cloud.PREFIX}-closed")
    try:
        server = new_server(security_groups=[{"name": closed.id}]).active()
        address = server.floating_ip()
        assert not cloud.answers(address, seconds=3), "nothing is let in yet"
        rule = connection.network.create_security_group_rule(
            security_group_id=closed.id,
            direction="ingress",
            ethertype="IPv4",
            protocol="tcp",
            port_range_min=22,
            port_range_max=22,
        )
        server.banner()
        connection.network.delete_security_group_rule(rule)
        until("the port is closed again", lambda: not cloud.answers(address), seconds=30)
        server.delete()
    finally:
        connection.network.delete_security_group(closed)


def test_ten_at_once(new_server: NewServer, controller: Host, network: cloud.Network) -> None:
    servers = [new_server() for _ in range(10)]
    addresses = [server.active(120).fixed_ip for server in servers]
    assert len({server.host for server in servers}) == 2, "both compute hosts take their share"
    for address in addresses:
        until(
            f"SSH's banner at {address}",
            lambda address=address: (
                controller.run(  # type: ignore[misc]  # mypy does not infer a bound lambda
                    f"ip netns exec qrouter-{network.router_id} timeout 3 bash -c 'head -c 4 < /dev/tcp/{address}/22'",
                    check=False,
                ).stdout
            ),
            seconds=60,
            holds=lambda seen: seen == "SSH-",
        )
