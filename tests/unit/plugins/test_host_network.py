"""Interfaces, routes, ports and the kernel's Open vSwitch."""

import struct
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.nubomedia.nai.plugins.module_utils import host_network, netlink

HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"


def write(path: Path, text: str) -> None:
    """Writes a file and its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_interfaces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, index, state in (("eth0", "2", "up"), ("lo", "1", "unknown"), ("eth1", "3", "down")):
        for key, value in (("ifindex", index), ("address", "02:00:00:00:00:01"), ("mtu", "1500"), ("operstate", state)):
            write(tmp_path / "sys/class/net" / name / key, f"{value}\n")
    write(tmp_path / "sys/class/net/bonding_masters", "")
    monkeypatch.setattr(netlink, "addresses", lambda: {1: ["127.0.0.1/8"], 2: ["192.0.2.10/24", "2001:db8::1/64"]})
    found = host_network.interfaces(tmp_path)
    assert [(entry["name"], entry["up"], entry["addresses"]) for entry in found] == [
        ("eth0", True, ["192.0.2.10/24", "2001:db8::1/64"]),
        ("eth1", False, []),
        ("lo", True, ["127.0.0.1/8"]),
    ]


def test_interfaces_where_netlink_is_forbidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden() -> None:
        raise PermissionError

    write(tmp_path / "sys/class/net/eth0/ifindex", "2")
    monkeypatch.setattr(netlink, "addresses", forbidden)
    [entry] = host_network.interfaces(tmp_path)
    assert entry["addresses"] == []


def test_the_default_route_with_the_least_metric(tmp_path: Path) -> None:
    write(
        tmp_path / "proc/net/route",
        "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
        "eth1\t00000000\t020200C0\t0003\t0\t0\t200\t00000000\t0\t0\t0\n"
        "eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"
        "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n",
    )
    assert host_network.default_route(tmp_path) == ("192.0.2.1", "eth0")
    assert host_network.default_route(tmp_path / "none") == ("", "")


def test_listening_ports(tmp_path: Path) -> None:
    line = (
        "   0: {local}:{port} 00000000:0000 {state} 00000000:00000000 00:00000000 00000000     0        0 {inode} 1\n"
    )
    write(
        tmp_path / "proc/net/tcp",
        HEAD
        + line.format(local="00000000", port="0016", state="0A", inode=11)
        + line.format(local="0100007F", port="0CEA", state="0A", inode=12)
        + line.format(local="0100007F", port="0CEA", state="01", inode=13),
    )
    six = "0000000000000000FFFF00000100007F"
    write(tmp_path / "proc/net/tcp6", HEAD + line.format(local=six, port="1F90", state="0A", inode=14))
    for pid, name, inode in (("100", "sshd", 11), ("200", "mariadbd", 12)):
        write(tmp_path / "proc" / pid / "comm", f"{name}\n")
        (tmp_path / "proc" / pid / "fd").mkdir()
        (tmp_path / "proc" / pid / "fd" / "3").symlink_to(f"socket:[{inode}]")
        (tmp_path / "proc" / pid / "fd" / "4").symlink_to("/dev/null")
        write(tmp_path / "proc" / pid / "fd" / "5", "")
    write(tmp_path / "proc/300/comm", "gone\n")
    assert host_network.listening_ports(tmp_path) == [
        {"port": 22, "address": "0.0.0.0", "process": "sshd"},  # noqa: S104
        {"port": 3306, "address": "127.0.0.1", "process": "mariadbd"},
        {"port": 8080, "address": "::ffff:127.0.0.1", "process": ""},
    ]


class TestOpenVSwitch:
    """Is the kernel's datapath there?"""

    @pytest.fixture
    def kernel(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Any]:
        """A kernel without the family, a modprobe that fails, a process that may load modules."""
        state: dict[str, Any] = {"families": {"nlctrl"}, "modprobe": False, "tried": []}

        def modprobe(*options: str) -> bool:
            state["tried"].append(options)
            if state["modprobe"] and "--dry-run" not in options:
                state["families"] = {"nlctrl", "ovs_datapath"}
            return bool(state["modprobe"])

        monkeypatch.setattr(netlink, "generic_families", lambda: state["families"])
        monkeypatch.setattr(host_network, "_modprobe", modprobe)
        write(tmp_path / "proc/self/status", "Name:\tx\nCapEff:\t0000000000010000\n")
        return state

    def test_it_is_there(self, kernel: dict[str, Any], tmp_path: Path) -> None:
        kernel["families"] = {"ovs_datapath"}
        assert host_network.openvswitch_in_kernel(may_load=True, root=tmp_path)
        assert kernel["tried"] == []

    @pytest.mark.parametrize("may_load", [True, False])
    @pytest.mark.parametrize("loads", [True, False])
    def test_it_can_be_loaded_or_not(self, kernel: dict[str, Any], tmp_path: Path, may_load: bool, loads: bool) -> None:
        kernel["modprobe"] = loads
        assert host_network.openvswitch_in_kernel(may_load=may_load, root=tmp_path) is loads
        assert all(may_load or "--dry-run" in options for options in kernel["tried"])

    def test_a_host_that_may_not_load_modules(self, kernel: dict[str, Any], tmp_path: Path) -> None:
        kernel["modprobe"] = True
        write(tmp_path / "proc/self/status", "CapEff:\t00000000a80425fb\n")
        assert not host_network.openvswitch_in_kernel(may_load=False, root=tmp_path)
        write(tmp_path / "proc/self/status", "CapEff:\t0000003fffffffff\n")
        write(tmp_path / "proc/sys/kernel/modules_disabled", "1\n")
        assert not host_network.openvswitch_in_kernel(may_load=False, root=tmp_path)

    def test_a_kernel_without_generic_netlink(
        self, kernel: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refused() -> None:
            raise OSError(93, "Protocol not supported")

        monkeypatch.setattr(netlink, "generic_families", refused)
        assert not host_network.openvswitch_in_kernel(may_load=True, root=tmp_path)


def test_modprobe_is_run_without_a_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []

    def run(argv: list[str], **_options: Any) -> Any:
        seen.append(argv)
        return type("Done", (), {"returncode": 0})()

    monkeypatch.setattr(host_network.subprocess, "run", run)
    monkeypatch.setattr(host_network.os, "access", lambda path, _mode: path == "/sbin/modprobe")
    assert host_network._modprobe("--quiet")
    assert seen == [["/sbin/modprobe", "--quiet", "openvswitch"]]
    monkeypatch.setattr(host_network.os, "access", lambda _path, _mode: False)
    assert not host_network._modprobe("--quiet")


class FakeChannel:
    """A netlink socket with prepared answers."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = list(answers)
        self.sent = b""

    def __call__(self, *_args: Any) -> "FakeChannel":
        return self

    def __enter__(self) -> "FakeChannel":
        return self

    def __exit__(self, *_args: Any) -> None:
        pass

    def settimeout(self, _seconds: float) -> None:
        pass

    def bind(self, _address: tuple[int, int]) -> None:
        pass

    def send(self, data: bytes) -> None:
        self.sent = data

    def recv(self, _size: int) -> bytes:
        return self.answers.pop(0)


def message(kind: int, body: bytes) -> bytes:
    """One netlink message, padded as the kernel does."""
    data = struct.pack("=IHHII", 16 + len(body), kind, 2, 1, 0) + body
    return data + b"\0" * (-len(data) % 4)


def attribute(kind: int, value: bytes) -> bytes:
    """One attribute, padded."""
    data = struct.pack("=HH", 4 + len(value), kind) + value
    return data + b"\0" * (-len(data) % 4)


DONE = message(3, b"\0\0\0\0")


def test_addresses_from_the_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    four = (
        struct.pack("=BBBBI", 2, 24, 0, 0, 2)
        + attribute(1, bytes([192, 0, 2, 1]))
        + attribute(2, bytes([192, 0, 2, 10]))
    )
    six = struct.pack("=BBBBI", 10, 64, 0, 0, 2) + attribute(1, b"\x20\x01\x0d\xb8" + b"\0" * 11 + b"\x01")
    other = struct.pack("=BBBBI", 7, 0, 0, 0, 3)
    monkeypatch.setattr(
        netlink.socket, "socket", FakeChannel(message(20, four) + message(20, other), message(20, six) + DONE)
    )
    assert netlink.addresses() == {2: ["192.0.2.10/24", "2001:db8::1/64"]}


def test_families_from_the_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    bodies = [
        struct.pack("=BBH", 1, 2, 0) + attribute(1, struct.pack("=H", 16)) + attribute(2, name)
        for name in (b"nlctrl\0", b"ovs_datapath\0")
    ]
    broken = struct.pack("=BBH", 1, 2, 0) + struct.pack("=HH", 0, 2)
    channel = FakeChannel(b"".join(message(16, body) for body in (*bodies, broken)) + DONE)
    monkeypatch.setattr(netlink.socket, "socket", channel)
    assert netlink.generic_families() == {"nlctrl", "ovs_datapath"}


def test_an_error_of_the_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(netlink.socket, "socket", FakeChannel(message(2, struct.pack("=i", -95))))
    with pytest.raises(OSError, match="netlink refused"):
        netlink.generic_families()
