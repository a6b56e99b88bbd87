"""Instances on the machine's own engine and a real Open vSwitch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nova.compute import power_state

from nai.hypervisor import containers, guest, network, power, privileged
from nai.hypervisor.command import Command
from nai.hypervisor.engine import Engine
from nai.hypervisor.password import PasswordError, set_root_password
from tests.integration.hypervisor.conftest import Machine, port, tree
from tests.integration.hypervisor.private_ovs import PrivateOpenVSwitch

Boot = Callable[..., Machine]
Load = Callable[[bytes], tuple[str, dict[str, Any]]]

READY = "sh -c 'ip -o addr show dev eth0 > /seen; echo command runs; exec httpd -f -p 80 -h /www'"
PAGE = {"www/index.html": b"hello from inside\n"}


def test_the_command_starts_when_address_route_and_names_are_there(boot: Boot, load: Load) -> None:
    machine = boot(load(tree(PAGE)), READY, [port(10)])
    machine.wait_for_console("command runs")
    assert "10.9.0.10/24" in machine.run("cat", "/seen")
    routes = machine.run("ip", "route").splitlines()
    assert any("default via 10.9.0.1 dev eth0" in route for route in routes)
    assert any("172.30.0.0/16 via 10.9.0.7 dev eth0" in route for route in routes)
    assert "mtu 1450" in machine.run("ip", "link", "show", "eth0")
    assert machine.run("cat", "/etc/resolv.conf") == "nameserver 10.9.0.53\n"
    assert "10.9.0.10 host0" in machine.run("cat", "/etc/hosts")
    assert machine.run("hostname").strip() == "host0"


def test_instances_reach_each_other_with_tcp(boot: Boot, load: Load) -> None:
    image = load(tree(PAGE))
    server = boot(image, READY, [port(11)])
    client = boot(image, "sleep 1000", [port(12)])
    server.wait_for_console("command runs")
    assert client.run("ping", "-c", "1", "-W", "5", "10.9.0.11").count("1 packets received") == 1
    request = r"printf 'GET / HTTP/1.0\r\n\r\n' | nc -w 10 10.9.0.11 80"
    assert "hello from inside" in client.run("sh", "-c", request)


def test_limits_capabilities_and_isolation_are_those_that_were_asked_for(boot: Boot, load: Load) -> None:
    machine = boot(load(tree()), "sleep 1000", [port(13)])
    limits = machine.run(
        "sh", "-c", "cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2> /dev/null"
    )
    assert limits.split()[0] == str(64 << 20)
    status = machine.run("cat", "/proc/1/status")
    effective = int(status.split("CapEff:")[1].split()[0], 16)
    # NET_ADMIN is 12, SYS_ADMIN 21, SYS_PTRACE 19, MKNOD 27.
    assert not any(effective >> number & 1 for number in (12, 19, 21, 27))
    assert "NoNewPrivs:\t1" in machine.run("cat", "/proc/self/status")
    mounts = machine.engine.client.inspect_container(machine.container)["Mounts"]
    assert mounts == []


def test_the_key_is_there_and_user_data_runs_once_over_restarts(boot: Boot, load: Load) -> None:
    script = guest.user_data_files(b"#!/bin/sh\necho ran >> /count\necho user data says $(hostname)\n")
    files = [*guest.key_files("ssh-ed25519 AAAA me"), *script]
    machine = boot(load(tree()), "sleep 1000", [port(14)], files, run_user_data=True)
    assert "user data says host0" in machine.wait_for_console("ended with status 0")
    machine.restart()
    assert machine.run("cat", "/count") == "ran\n"
    assert machine.run("cat", "/root/.ssh/authorized_keys") == "ssh-ed25519 AAAA me\n"
    assert machine.run("ls", "-ld", "/root/.ssh").startswith("drwx------")
    assert machine.run("ls", "-l", "/root/.ssh/authorized_keys").startswith("-rw-------")
    assert "10.9.0.14/24" in machine.run("ip", "addr", "show", "eth0")


SSHD = {"usr/sbin/sshd": b"#!/bin/sh\necho the server runs\n", "app": b"#!/bin/sh\nexec sleep 1000\n"}


@pytest.mark.parametrize(
    ("more", "command", "starts"),
    [
        ({}, "/app", True),
        ({}, "sleep 1000", True),
        ({"app": b"#!/bin/sh\n/usr/sbin/sshd\nexec sleep 1000\n"}, "/app", False),
        ({"app": b"#!/bin/sh\n: service ssh start\nexec sleep 1000\n"}, "sh /app", False),
    ],
)
def test_an_ssh_server_that_the_command_does_not_start_is_started(
    boot: Boot, load: Load, more: dict[str, bytes], command: str, starts: bool
) -> None:
    marker = {"end": b""}
    machine = boot(
        load(tree({**SSHD, **more, **marker})),
        command,
        [port(15)],
        start_sshd=True,
        run_user_data=True,
        files=guest.user_data_files(b"#!/bin/sh\necho the end\n"),
    )
    console = machine.wait_for_console("the end")
    assert ("nai: SSH server started" in console) is starts


def test_host_keys_are_the_instances_own_once(boot: Boot, load: Load) -> None:
    keygen = b'#!/bin/sh\nfor word; do last=$word; done\necho private > "$last"\necho public > "$last.pub"\n'
    files = {
        "usr/bin/ssh-keygen": keygen,
        "etc/ssh/ssh_host_rsa_key": b"of the image",
        "etc/ssh/ssh_host_rsa_key.pub": b"",
    }
    machine = boot(load(tree(files)), "sh -c 'echo command runs; exec sleep 1000'", [port(16)], new_ssh_host_keys=True)
    assert "BEGIN SSH HOST KEY KEYS" in machine.wait_for_console("command runs")
    assert sorted(Path(name).name for name in machine.run("ls", "/etc/ssh").split()) == [
        "ssh_host_ecdsa_key",
        "ssh_host_ecdsa_key.pub",
        "ssh_host_ed25519_key",
        "ssh_host_ed25519_key.pub",
    ]
    machine.run("sh", "-c", "echo kept > /etc/ssh/ssh_host_ed25519_key")
    machine.restart()
    assert machine.run("cat", "/etc/ssh/ssh_host_ed25519_key") == "kept\n"


def test_an_image_without_a_shell_runs(boot: Boot, load: Load) -> None:
    machine = boot(load(tree(PAGE, programs=[])), "/bin/busybox httpd -f -p 80 -h /www", [port(17)])
    assert machine.gated is False
    assert "10.9.0.17/24" in machine.run("/bin/busybox", "ip", "addr", "show", "eth0")


def test_an_instance_that_gets_no_network_starts_after_its_time(boot: Boot, load: Load) -> None:
    machine = boot(load(tree()), "sh -c 'echo command runs; exec sleep 1000'", [], start=False, wait_seconds=1)
    machine.bodies.start(machine.container)
    assert "no network after 1 s" in machine.wait_for_console("command runs")


def test_an_instance_without_ports_starts_at_once(boot: Boot, load: Load) -> None:
    machine = boot(load(tree()), "sh -c 'echo command runs; exec sleep 1000'", [])
    assert "no network" not in machine.wait_for_console("command runs")


def test_interfaces_come_and_go(boot: Boot, load: Load) -> None:
    machine = boot(load(tree()), "sleep 1000", [port(18), port(18, subnet=8)])
    first, second = machine.vifs
    assert "10.8.0.18/24" in machine.run("ip", "addr", "show", "eth1")
    machine.bodies.unplug(network.taps([first]))
    machine.vifs = [second, port(19)]
    machine.plug()
    # The name that is free, whatever the position.
    assert "10.9.0.19/24" in machine.run("ip", "addr", "show", "eth0")
    assert "10.8.0.18/24" in machine.run("ip", "addr", "show", "eth1")
    assert "10.9.0.18" not in machine.run("cat", "/etc/hosts")


def test_plugging_twice_changes_nothing_and_a_half_made_nic_is_replaced(boot: Boot, load: Load) -> None:
    machine = boot(load(tree()), "sleep 1000", [port(20)])
    (tap,) = machine.taps
    before = (Path("/sys/class/net") / tap / "ifindex").read_text()
    machine.plug()
    assert (Path("/sys/class/net") / tap / "ifindex").read_text() == before
    (Path("/sys/class/net") / tap / "ifalias").write_text("half made")
    machine.plug()
    assert (Path("/sys/class/net") / tap / "ifindex").read_text() != before
    assert "10.9.0.20/24" in machine.run("ip", "addr", "show", "eth0")


def test_nothing_is_left_when_an_instance_goes(
    boot: Boot, load: Load, engine: Engine, switch: PrivateOpenVSwitch
) -> None:
    machine = boot(load(tree()), "sleep 1000", [port(21)])
    (tap,) = machine.taps
    assert [tap, machine.uuid] in privileged.ports(switch.connection)
    machine.bodies.unplug(machine.taps)
    machine.bodies.remove(machine.container)
    assert containers.find(engine, machine.uuid) is None
    assert tap not in switch.vsctl("list-ports", "br-naitest").split()
    assert not (Path("/sys/class/net") / tap).exists()
    machine.bodies.unplug(machine.taps)
    machine.bodies.remove(machine.container)


def test_creating_again_replaces_what_a_killed_attempt_left(boot: Boot, load: Load, engine: Engine) -> None:
    machine = boot(load(tree()), "sleep 1000", [], start=False)
    found = engine.client.inspect_container(machine.container)
    body = containers.Body(
        machine.uuid,
        "instance-1",
        "again",
        found["Config"]["Labels"]["nai.image"],
        found["Image"],
        Command(("sleep", "1000")),
        containers.Limits(1, 64, 0, 100),
        64,
    )
    again, _ = machine.bodies.create(body, [])
    assert again != machine.container
    assert engine.client.inspect_container(again)["Config"]["Hostname"] == "again"


def test_states_follow_the_engine(boot: Boot, load: Load, engine: Engine) -> None:
    machine = boot(load(tree()), "sleep 1000", [])

    def state() -> int:
        return power.state_of(engine.client.inspect_container(machine.container))

    assert state() == power_state.RUNNING
    engine.client.pause(machine.container)
    assert state() == power_state.PAUSED
    engine.client.unpause(machine.container)
    engine.client.stop(machine.container, timeout=0)
    assert state() == power_state.SHUTDOWN


def test_roots_password_is_set_inside(boot: Boot, load: Load, engine: Engine) -> None:
    machine = boot(load(tree({"bin/chpasswd": b"#!/bin/sh\ncat > /given\n"})), "sleep 1000", [])
    set_root_password(engine, machine.container, "geheim")
    assert machine.run("cat", "/given") == "root:geheim\n"
    bare = boot(load(tree()), "sleep 1000", [])
    with pytest.raises(PasswordError):
        set_root_password(engine, bare.container, "geheim")
