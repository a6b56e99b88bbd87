"""What the helper runs."""

import io
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from oslo_privsep import capabilities

from nai.hypervisor import network, openvswitch, privileged, run, veth
from tests.unit.hypervisor.conftest import NETNS, vif
from tests.unit.hypervisor.record import INSTANCE


class Programs:
    """Programs of a host, as they would be run."""

    def __init__(self, devices: Path) -> None:
        """Keeps what it is told."""
        self.devices = devices
        self.lines: list[str] = []
        self.fails = ""
        self.answers = {"ip -j link show": '[{"ifname": "lo"}, {"ifname": "eth1"}]'}

    def run(self, argv: Sequence[str], stdin: str = "") -> str:
        """Stands in for the real one."""
        words = " ".join(argv)
        for line in [words] if not stdin else [f"{words}: {line}" for line in stdin.splitlines()]:
            self.lines.append(line)
            if self.fails and self.fails in line:
                raise run.CommandError(f"{line} failed")
            if "link add" in line:
                (self.devices / line.split()[5]).mkdir()
            if "link del" in line:
                (self.devices / line.split()[-1]).rmdir()
        return next((answer for part, answer in self.answers.items() if part in words), "")

    def popen(self, argv: Sequence[str], **_: Any) -> Any:
        """Stands in for the real one."""
        self.run(argv)
        return SimpleNamespace(returncode=0, communicate=lambda: ("", ""), kill=lambda: None, stderr=io.StringIO())


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Programs:
    """Replaces everything through which the helper touches the host, and runs it inside this process."""
    found = Programs(tmp_path)
    monkeypatch.setattr(privileged.context, "client_mode", False)
    for module in (veth, openvswitch):
        monkeypatch.setattr(module, "run", found.run)
    monkeypatch.setattr(veth, "_DEVICES", tmp_path)
    monkeypatch.setattr(veth, "switch_off_checksum_offload", lambda device: found.lines.append(f"tx off {device}"))
    monkeypatch.setattr("nai.hypervisor.openvswitch.subprocess.Popen", found.popen)
    return found


def request(vifs: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    plans = network.interfaces(vifs, "br-int", "auto")
    return {"instance": INSTANCE, "netns": NETNS, "interfaces": plans, "files": {}, "ovsdb": ""} | changes


def test_a_nic_is_made_moved_configured_and_marked_in_this_order(programs: Programs) -> None:
    assert privileged.plug(request([vif()])) == ["tap00000004-44"]
    inside = f"nsenter --net={NETNS} ip -batch -"
    port = vif()["id"]
    veth = "link add tap00000004-44 mtu 1450 type veth peer name nai00000004-44 address fa:16:3e:00:00:00 mtu 1450 "
    marks = (
        f"external_ids:iface-id={port} external_ids:iface-status=active "
        'external_ids:attached-mac="fa:16:3e:00:00:00" '
        f"external_ids:vm-uuid={INSTANCE} external_ids:nai-owner=nova-docker"
    )
    bridge = "-- --may-exist add-port br-int tap00000004-44 -- set Interface tap00000004-44"
    assert programs.lines == [
        f"ip -batch -: {veth}",
        # Before Open vSwitch knows it, which could take a device down again that comes up meanwhile.
        "ip -batch -: link set tap00000004-44 up",
        f"ovs-vsctl --timeout=30 {bridge} {marks}",
        "tx off nai00000004-44",
        f"ip -batch -: link set nai00000004-44 netns {NETNS} name eth0",
        f"{inside}: link set lo up",
        f"{inside}: address add 10.0.0.9/24 brd + dev eth0",
        f"{inside}: link set eth0 up",
        f"{inside}: route replace default via 10.0.0.1 dev eth0 onlink metric 100",
        f"{inside}: link set lo alias nai-ready",
        f"ip -batch -: link set tap00000004-44 alias nai:{port}",
    ]


def test_what_is_plugged_stays_and_is_only_put_on_the_bridge_again(programs: Programs) -> None:
    (programs.devices / "tap00000004-44").mkdir()
    (programs.devices / "tap00000004-44" / "ifalias").write_text(f"nai:{vif()['id']}\n")
    assert privileged.plug(request([vif()])) == []
    assert not [line for line in programs.lines if "link add" in line or "address add" in line]
    assert [line for line in programs.lines if "--may-exist add-port" in line]


def test_one_more_nic_takes_a_name_that_is_free(programs: Programs) -> None:
    (programs.devices / "tap00000004-44").mkdir()
    (programs.devices / "tap00000004-44" / "ifalias").write_text(f"nai:{vif()['id']}\n")
    privileged.plug(request([vif(0), vif(1)]))
    # eth1 is there, eth0 has gone: positions are not names.
    assert [line for line in programs.lines if "name eth0" in line]


def test_a_half_made_device_is_replaced(programs: Programs) -> None:
    (programs.devices / "tap00000004-44").mkdir()
    privileged.plug(request([vif()]))
    assert programs.lines[0] == "ip -batch -: link del tap00000004-44"


@pytest.mark.parametrize("step", ["link add", "add-port", "netns", "address add", "route", "alias nai:"])
def test_a_failure_leaves_neither_device_nor_port(programs: Programs, step: str) -> None:
    programs.fails = step
    with pytest.raises(run.CommandError, match=step):
        privileged.plug(request([vif()]))
    assert list(programs.devices.iterdir()) == []
    assert programs.lines[-1] == "ovs-vsctl --timeout=30 -- --if-exists del-port tap00000004-44"


def test_ipv6_is_switched_on_where_the_engine_switched_it_off(programs: Programs) -> None:
    subnet = {"cidr": "fd00::/64", "gateway": {"address": "fd00::1"}, "ips": [{"address": "fd00::9"}], "routes": []}
    privileged.plug(request([vif(subnet=subnet)]))
    order = [line for line in programs.lines if "fd00" in line or "sysctl" in line]
    assert [line.split(": ")[-1] for line in order] == [
        f"nsenter --net={NETNS} sysctl -qw net.ipv6.conf.eth0.disable_ipv6=0",
        "address add fd00::9/64 nodad dev eth0",
        "route replace default via fd00::1 dev eth0 onlink metric 100",
    ]


def test_an_unknown_datapath_is_asked_for(programs: Programs) -> None:
    openvswitch._is_userspace.cache_clear()
    programs.answers["get Bridge br-int datapath_type"] = "netdev\n"
    privileged.plug(request([vif(details={})]))
    assert "tx off nai00000004-44" in programs.lines
    openvswitch._is_userspace.cache_clear()


def test_files_of_the_engine_are_written_in_place(
    programs: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "hosts"
    target.write_text("a much longer text that was there before\n")
    inode = target.stat().st_ino
    monkeypatch.setattr("nai.hypervisor.plan._ENGINE_FILE", re.compile(r".*/hosts"))
    privileged.plug(request([], files={str(target): "127.0.0.1 localhost\n"}))
    assert target.read_text() == "127.0.0.1 localhost\n"
    assert target.stat().st_ino == inode


def test_unplugging_what_is_gone_is_no_failure(programs: Programs) -> None:
    privileged.unplug(["tap00000004-44"], "unix:/tmp/db.sock")
    assert programs.lines == ["ovs-vsctl --timeout=30 --db=unix:/tmp/db.sock -- --if-exists del-port tap00000004-44"]
    privileged.unplug([])
    assert len(programs.lines) == 1


def test_ports_are_listed_with_their_instance(programs: Programs) -> None:
    programs.answers["find Interface external_ids:nai-owner=nova-docker"] = (
        '{"data": [["tap00000004-44", ["map", [["vm-uuid", "u"], ["iface-id", "p"]]]]], "headings": ["name"]}'
    )
    assert privileged.ports() == [["tap00000004-44", "u"]]


def test_the_helper_keeps_two_capabilities_and_does_not_import_nova() -> None:
    assert privileged.context.conf.capabilities == [capabilities.CAP_NET_ADMIN, capabilities.CAP_SYS_ADMIN]
    program = (
        "import sys, nai.hypervisor.privileged as _; print({m.split('.')[0] for m in sys.modules} & {'nova', 'docker'})"
    )
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_a_program_that_fails_or_is_missing_is_named() -> None:
    with pytest.raises(run.CommandError, match=r"^false ended with 1"):
        run.run(["false"])
    with pytest.raises(run.CommandError, match=r"^no-such-program: "):
        run.run(["no-such-program"])
