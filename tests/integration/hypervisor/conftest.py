"""The machine's own engine, a switch of the tests' own, and small images made here.

The privileged helper runs inside the test process.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import shutil
import tarfile
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.support import nova_imports  # noqa: F401  # before anything that imports Nova

# isort: split
from oslo_config import cfg

from nai.hypervisor import containers, guest, names, network, options, privileged
from nai.hypervisor.bodies import Bodies
from nai.hypervisor.command import command_of
from nai.hypervisor.engine import Engine
from nai.hypervisor.images import ImageStore
from nai.hypervisor.source import GlanceImage
from tests.integration.hypervisor.private_ovs import PrivateOpenVSwitch

BRIDGE = "br-naitest"
NEEDED = ("ovs-vswitchd", "ovsdb-server", "busybox", "ip", "nsenter", "docker")

# What a machine's administrator expects of a shell; all of it is one static program.
PROGRAMS = ("sh", "sleep", "cat", "ls", "id", "ip", "grep", "mkdir", "chmod", "rm", "httpd", "nc", "ping", "hostname")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Says what is missing, where something is."""
    missing = [name for name in NEEDED if shutil.which(name) is None]
    for item in items:
        if missing and Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.skip(reason=f"not installed: {', '.join(missing)}"))


def tree(files: dict[str, bytes] | None = None, programs: Sequence[str] = PROGRAMS) -> bytes:
    """Returns a root file system as a tar: a static busybox, and files of a test."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        tar.add(str(shutil.which("busybox")), "bin/busybox")
        for name in programs:
            link = tarfile.TarInfo(f"bin/{name}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            tar.addfile(link)
        accounts = {
            "etc/passwd": b"root:x:0:0:root:/root:/bin/sh\n",
            "etc/shadow": b"root:*:1::::::\n",
            "etc/group": b"root:x:0:\n",
        }
        for name, content in {**accounts, **(files or {})}.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o755
            tar.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


@dataclass
class OneImage:
    """A Glance with one image."""

    data: bytes
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def image(self, _image_id: str) -> GlanceImage:
        """What Glance would say."""
        digest = hashlib.sha512(self.data).hexdigest()
        return GlanceImage(self.id, "test", "active", "docker", len(self.data), "sha512", digest)

    def chunks(self, _image_id: str) -> Iterator[bytes]:
        """The data, in pieces."""
        for start in range(0, len(self.data), 1 << 16):
            yield self.data[start : start + (1 << 16)]


@pytest.fixture(scope="session")
def switch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateOpenVSwitch]:
    """A running switch with one bridge."""
    switch = PrivateOpenVSwitch(tmp_path_factory.mktemp("ovs"), BRIDGE)
    switch.start()
    yield switch
    switch.stop()


@pytest.fixture(scope="session")
def conf(switch: PrivateOpenVSwitch, tmp_path_factory: pytest.TempPathFactory) -> cfg.ConfigOpts:
    """The driver's options for this machine."""
    privileged.context.set_client_mode(False)
    conf = cfg.ConfigOpts()
    conf([], default_config_files=[], default_config_dirs=[])
    options.register(conf)
    conf.set_override("ovsdb_connection", switch.connection, "nai_docker")
    conf.set_override("work_path", str(tmp_path_factory.mktemp("work")), "nai_docker")
    return conf


@pytest.fixture(scope="session")
def engine(conf: cfg.ConfigOpts) -> Iterator[Engine]:
    """The machine's engine."""
    engine = Engine(conf)
    yield engine
    for client in (engine.client, engine.bulk_client):
        client.close()


@pytest.fixture(scope="session")
def store(engine: Engine, conf: cfg.ConfigOpts) -> ImageStore:
    """The machine's copies."""
    return ImageStore(engine, Path(conf.nai_docker.work_path))


@pytest.fixture
def load(store: ImageStore, engine: Engine) -> Iterator[Callable[[bytes], tuple[str, dict[str, Any]]]]:
    """Loads an image for one test; returns Glance's id and the engine's description."""
    loaded: list[str] = []

    def load_one(data: bytes) -> tuple[str, dict[str, Any]]:
        source = OneImage(data)
        loaded.append(source.id)
        return source.id, store.ensure(source.id, source)[0]

    yield load_one
    for image_id in loaded:
        if image_id in store.copies():
            engine.client.remove_image(names.image_tag(image_id), force=True)


@dataclass
class Machine:
    """One instance of a test."""

    engine: Engine
    bodies: Bodies
    uuid: str
    hostname: str
    vifs: list[dict[str, Any]]
    container: str = ""
    gated: bool = False

    @property
    def taps(self) -> list[str]:
        """Host ends of its NICs."""
        return network.taps(self.vifs)

    def run(self, *argv: str) -> str:
        """Runs a program inside and returns what it printed."""
        execution = self.engine.client.exec_create(self.container, list(argv))["Id"]
        return str(self.engine.client.exec_start(execution).decode())

    def plug(self) -> None:
        """Gives it its NICs."""
        assert self.bodies.plug(self.uuid, self.hostname, self.vifs)

    def console(self) -> str:
        """What it wrote."""
        return str(self.engine.client.logs(self.container).decode())

    def wait_for_console(self, text: str) -> str:
        """Follows the console until a text comes; the engine ends the stream when the instance ends."""
        seen = ""
        with contextlib.closing(self.engine.client.logs(self.container, stream=True, follow=True)) as stream:
            for part in stream:
                seen += str(part.decode())
                if text in seen:
                    return seen
        raise AssertionError(f"{text!r} never came: {seen}")

    def restart(self) -> None:
        """Stops and starts it, as the driver does."""
        self.engine.client.stop(self.container, timeout=0)
        self.bodies.unplug(self.taps)
        self.bodies.start(self.container)
        self.plug()


def port(index: int, subnet: int = 9) -> dict[str, Any]:
    """Returns a port of a network of the tests."""
    identity = str(uuid.uuid4())
    return {
        "id": identity,
        "type": "ovs",
        "address": f"fa:16:3e:{subnet:02x}:00:{index:02x}",
        "details": {"bridge_name": BRIDGE, "datapath_type": "netdev"},
        "network": {
            "bridge": BRIDGE,
            "meta": {"mtu": 1450},
            "subnets": [
                {
                    "cidr": f"10.{subnet}.0.0/24",
                    "gateway": {"address": f"10.{subnet}.0.1"},
                    "dns": [{"address": f"10.{subnet}.0.53"}],
                    "ips": [{"address": f"10.{subnet}.0.{index}"}],
                    "routes": [{"cidr": "172.30.0.0/16", "gateway": {"address": f"10.{subnet}.0.7"}}],
                }
            ],
        },
    }


@pytest.fixture
def boot(engine: Engine, conf: cfg.ConfigOpts) -> Iterator[Callable[..., Machine]]:
    """Makes instances; what a test leaves is removed."""
    bodies = Bodies(engine, conf)
    machines: list[Machine] = []

    def boot_one(
        image: tuple[str, dict[str, Any]],
        command: str,
        vifs: list[dict[str, Any]],
        files: list[guest.GuestFile] | None = None,
        start: bool = True,
        **settings: Any,
    ) -> Machine:
        image_id, found = image
        machine = Machine(engine, bodies, str(uuid.uuid4()), f"host{len(machines)}", vifs)
        machines.append(machine)
        body = containers.Body(
            machine.uuid,
            "instance-1",
            machine.hostname,
            image_id,
            found["Id"],
            command_of(found["Config"], command),
            containers.Limits(vcpus=1, memory_mb=64, disk_gb=0, pids=100),
            1024,
        )
        values = {"wait_seconds": 20, "start_sshd": False, "new_ssh_host_keys": False, "run_user_data": False}
        boot_settings = guest.BootSettings(machine.uuid, **{**values, **settings})
        machine.container, machine.gated = bodies.create(body, [*guest.boot_files(boot_settings), *(files or [])])
        if start:
            bodies.start(machine.container)
            machine.plug()
        return machine

    yield boot_one
    for machine in machines:
        bodies.unplug(machine.taps)
        bodies.remove(names.container_name(machine.uuid))
