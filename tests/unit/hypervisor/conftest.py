"""Parts of the driver on recorded answers of an engine, and stand-ins for what Nova hands to a driver."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.support import nova_imports  # noqa: F401  # before anything that imports Nova

# isort: split
from oslo_config import cfg

from nai.hypervisor import options, privileged
from nai.hypervisor.engine import Engine
from tests.unit.hypervisor import engine_tape
from tests.unit.hypervisor.record import IMAGE, INSTANCE, RECORDINGS

PORT = "44444444-4444-4444-8444-444444444444"
NETNS = "/var/run/docker/netns/0123456789ab"


@pytest.fixture
def conf(tmp_path: Path) -> cfg.ConfigOpts:
    """Options of the driver, all at their defaults but for the directory it works in."""
    conf = cfg.ConfigOpts()
    conf([], default_config_files=[], default_config_dirs=[])
    options.register(conf)
    conf.set_override("work_path", str(tmp_path / "work"), "nai_docker")
    return conf


@pytest.fixture
def tape() -> engine_tape.Player:
    """The recorded life of one instance."""
    return engine_tape.load(RECORDINGS / "engine.json")


@pytest.fixture
def engine(conf: cfg.ConfigOpts, tape: engine_tape.Player) -> Engine:
    """An engine that plays the tape."""
    engine = Engine(conf)
    engine._client = engine._bulk_client = engine_tape.client(tape)
    return engine


@pytest.fixture
def privileged_calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """What the helper was asked for; it answers as if all went well, and knows no ports."""
    calls: list[tuple[str, Any]] = []

    def plug(request: dict[str, Any]) -> list[str]:
        calls.append(("plug", request))
        return [nic["tap"] for nic in request["interfaces"]]

    def unplug(taps: list[str], ovsdb: str = "") -> None:
        calls.append(("unplug", taps))

    monkeypatch.setattr(privileged, "plug", plug)
    monkeypatch.setattr(privileged, "unplug", unplug)
    monkeypatch.setattr(privileged, "ports", lambda _ovsdb="": [])
    return calls


def vif(index: int = 0, **changes: Any) -> dict[str, Any]:
    """Returns a port as Nova describes it."""
    port = f"{index + 4:08d}{PORT[8:]}"
    subnet = {
        "cidr": f"10.{index}.0.0/24",
        "gateway": {"address": f"10.{index}.0.1"},
        "dns": [{"address": f"10.{index}.0.53"}],
        "ips": [{"address": f"10.{index}.0.9"}],
        "routes": [],
        "meta": {"dhcp_server": f"10.{index}.0.2"},
    }
    return {
        "id": port,
        "type": "ovs",
        "address": f"fa:16:3e:00:00:{index:02x}",
        "devname": f"tap{port[:11]}",
        "active": False,
        "details": {"bridge_name": "br-int", "datapath_type": "netdev"},
        "network": {"bridge": "br-int", "meta": {"mtu": 1450}, "subnets": [{**subnet, **changes.pop("subnet", {})}]},
        **changes,
    }


@pytest.fixture
def instance() -> SimpleNamespace:
    """An instance as Nova hands it to a driver."""
    return SimpleNamespace(
        uuid=INSTANCE,
        name="instance-0000002a",
        hostname="web",
        key_data="ssh-ed25519 AAAA owner",
        user_data=None,
        image_ref=IMAGE,
        system_metadata={},
        flavor=SimpleNamespace(vcpus=1, memory_mb=512, root_gb=10),
        get_network_info=lambda: [vif()],
    )


@pytest.fixture
def image_meta() -> SimpleNamespace:
    """An image as Nova hands it to a driver."""
    return SimpleNamespace(id=IMAGE, properties={})


class Waited(list[dict[str, Any]]):
    """Network information that Nova is still gathering: it must be waited for before it is looked at."""

    def __init__(self, vifs: list[dict[str, Any]]) -> None:
        """Keeps what it is told."""
        super().__init__()
        self._vifs = vifs
        self.waits = 0
        self.before_wait: Callable[[], object] = lambda: None

    def wait(self, do_raise: bool = True) -> None:
        """Fills it."""
        self.before_wait()
        self.waits += 1
        self[:] = self._vifs

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Stands in for the real one."""
        if not self.waits:
            raise AssertionError("network information was looked at before it was waited for")
        return super().__iter__()


class VirtApi:
    """Nova's interface for drivers: notes which events were waited for, and when the body of the `with` had run."""

    def __init__(self) -> None:
        """Keeps what it is told."""
        self.events: list[tuple[str, str]] = []
        self.fails: Callable[[], BaseException] | None = None

    def wait_for_instance_event(self, _instance: Any, events: list[tuple[str, str]], **_: Any) -> Any:
        """Returns the context manager."""

        @contextlib.contextmanager
        def waiting() -> Iterator[None]:
            yield
            self.events += events
            if self.fails:
                raise self.fails()

        return waiting()
