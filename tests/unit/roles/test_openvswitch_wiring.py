"""Which interface the wiring of role openvswitch takes, and what it asks of Open vSwitch."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

FILE = Path(__file__).parents[3] / "roles" / "openvswitch" / "files" / "openvswitch_wiring.py"
TUNNEL = {"name": "br-tun-phy", "address": "192.0.2.10/24", "interface": ""}


@pytest.fixture
def wiring() -> ModuleType:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("openvswitch_wiring", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_addresses_by_interface(wiring: ModuleType) -> None:
    listing = [
        {"ifname": "lo", "addr_info": [{"local": "127.0.0.1", "prefixlen": 8}]},
        {},
        {"ifname": "eth1", "addr_info": [{"local": "192.0.2.10", "prefixlen": 24}]},
    ]
    assert wiring.interface_addresses(listing) == {"lo": ["127.0.0.1/8"], "eth1": ["192.0.2.10/24"]}


@pytest.mark.parametrize(
    ("bridge", "addresses", "ports", "expected"),
    [
        pytest.param(TUNNEL, {"eth0": [], "eth1": ["192.0.2.10/24"]}, [], "eth1", id="holds-the-address"),
        pytest.param(TUNNEL, {"br-tun-phy": ["192.0.2.10/24"], "eth1": []}, ["eth1"], "eth1", id="wired-before"),
        pytest.param(
            TUNNEL, {"br-tun-phy": ["192.0.2.10/24"], "eth2": ["192.0.2.10/24"]}, ["eth1"], "eth2", id="name-changed"
        ),
        pytest.param({**TUNNEL, "interface": "eth7"}, {"eth1": ["192.0.2.10/24"]}, [], "eth7", id="named"),
    ],
)
def test_choice_of_the_interface(
    wiring: ModuleType, bridge: dict[str, str], addresses: dict[str, list[str]], ports: list[str], expected: str
) -> None:
    assert wiring.choose_interface(bridge, addresses, ports) == expected


def test_no_interface_is_named_with_its_address(wiring: ModuleType) -> None:
    with pytest.raises(wiring.WiringError, match=r"no interface of this host holds 192\.0\.2\.10"):
        wiring.choose_interface(TUNNEL, {"eth0": ["198.51.100.1/24"]}, [])


def test_routes_move_without_those_of_the_kernel(wiring: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    routes: list[dict[str, Any]] = [
        {"dst": "default", "gateway": "192.0.2.1"},
        {"dst": "192.0.2.0/24", "protocol": "kernel", "prefsrc": "192.0.2.10"},
        {"dst": "198.51.100.0/24", "gateway": "192.0.2.2", "metric": 50},
    ]
    monkeypatch.setattr(wiring, "run", lambda *_argv: json.dumps(routes))
    assert wiring.routes_of("eth1") == [
        ["default", "via", "192.0.2.1"],
        ["198.51.100.0/24", "via", "192.0.2.2", "metric", "50"],
    ]
