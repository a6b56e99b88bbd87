"""The generic VNFM in a process of its own, real agents, and an NFVO of a few lines."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from nai.core.bus import AmqpBus
from tests.integration.generic_vnfm.instances import Instances
from tests.integration.generic_vnfm.orchestrator import Orchestrator
from tests.support.kill import ServiceProcess, write_settings
from tests.support.services import Broker, free_port


@pytest.fixture
def instances(tmp_path: Path) -> Iterator[Instances]:
    """What stands for the instances of a VIM: a directory and an agent each."""
    made = Instances(tmp_path / "instances")
    yield made
    made.remove_all()


@pytest.fixture
async def orchestrator(broker_url: str, instances: Instances) -> AsyncIterator[Orchestrator]:
    """The NFVO."""
    bus = await AmqpBus.connect(broker_url)
    orchestrator = Orchestrator(bus, instances)
    await orchestrator.serve()
    yield orchestrator
    await bus.close()


@pytest.fixture
def vnfm(broker: Broker, database_url: str, tmp_path: Path) -> Iterator[Callable[..., ServiceProcess]]:
    """Makes the generic VNFM's process; settings and the point of its end may be given."""
    processes: list[ServiceProcess] = []

    def make(*, kill_at: str | None = None, **more: Any) -> ServiceProcess:
        settings = {
            "listen_port": free_port(),
            "database_url": database_url,
            "broker_url": broker.url,
            "ems_broker_address": "127.0.0.1",
            "ems_broker_port": broker.port,
            "ems_password": "secret of the agents",
            "management_url": f"http://127.0.0.1:{broker.management_port}",
            "management_username": "guest",
            "management_password": "guest",
            "script_seconds": 30,
            "ems_start_seconds": 40,
            **more,
        }
        config = write_settings(tmp_path / f"vnfm-generic-{len(processes)}.yml", settings)
        process = ServiceProcess("vnfm-generic", config, kill_at=kill_at).migrate()
        processes.append(process)
        return process

    yield make
    for process in processes:
        process.stop()
