"""The orchestrator on a port of loopback, with a VNFM and infrastructure in memory; modules run as on a host."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import uvicorn
from ansible.module_utils.testing import patch_module_args

from nai.core import operations
from nai.core.bus import Bus, MemoryBus
from nai.core.clock import SystemClock
from nai.core.migrations import upgrade
from nai.nfvo.bringing_up import Parts
from nai.nfvo.lifecycle.orchestrator import Orchestrator
from nai.nfvo.service import create_app
from nai.nfvo.settings import NfvoSettings
from tests.support.nfvo import TestVnfm
from tests.support.services import free_port
from tests.support.vim import MemoryVim

PASSWORD = "a-secret-of-this-test"


@dataclass
class Lab:
    """What runs.

    Attributes:
        url: Of the orchestrator.
        vim: Every infrastructure that it opens.
        vnfm: Serves descriptors with the endpoint `test`.
    """

    url: str
    vim: MemoryVim
    vnfm: TestVnfm


class Serving(threading.Thread):
    """An event loop of its own: modules block."""

    def __init__(self, directory: Path) -> None:
        super().__init__(daemon=True)
        self.port = free_port()
        self.vim = MemoryVim()
        self.bus = MemoryBus()
        self.vnfm = TestVnfm(self.bus)
        self.settings = NfvoSettings.model_validate(
            {
                "database_url": f"sqlite+aiosqlite:///{directory}/nfvo.db",
                "broker_url": "amqp://nowhere",
                "admin_password": PASSWORD,
                "encryption_key_file": directory / "encryption.key",
                "listen_port": self.port,
            }
        )
        self.server: uvicorn.Server | None = None
        self.ready = threading.Event()

    def run(self) -> None:
        """Serves until `end`."""
        asyncio.run(self._serve())

    def end(self) -> None:
        """Ends it."""
        if self.server is not None:
            self.server.should_exit = True
        self.join(20)

    async def _serve(self) -> None:
        for package in (operations.PACKAGE, "nai.nfvo"):
            await upgrade(self.settings.database_url.get_secret_value(), package)

        async def connect(_url: str) -> Bus:
            return self.bus

        app = create_app(
            self.settings, Parts(Orchestrator, connect, lambda _settings: self.vim.opener(), SystemClock())
        )
        config = uvicorn.Config(app, host="127.0.0.1", port=self.port, log_config=None, lifespan="on")
        self.server = uvicorn.Server(config)
        serving = asyncio.create_task(self.server.serve())
        while not getattr(app.state, "orchestrator", None):
            await asyncio.sleep(0.02)
        await self.vnfm.start()
        self.ready.set()
        await serving


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One orchestrator for a module of tests."""
    serving = Serving(tmp_path_factory.mktemp("nfvo"))
    serving.start()
    assert serving.ready.wait(40)
    url = f"http://127.0.0.1:{serving.port}"
    try:
        yield Lab(url, serving.vim, serving.vnfm)
    finally:
        serving.end()


Run = Callable[..., dict[str, Any]]


@pytest.fixture
def run(lab: Lab, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a module's `main` and returns its result."""

    def call(module: ModuleType, options: dict[str, Any], *, check: bool = False) -> dict[str, Any]:
        access = {"url": lab.url, "password": PASSWORD}
        arguments = {**access, **options, "_ansible_check_mode": check, "_ansible_diff": True}
        with patch_module_args(arguments), pytest.raises(SystemExit):
            module.main()
        result: dict[str, Any] = json.loads(capsys.readouterr().out)
        return result

    return call
