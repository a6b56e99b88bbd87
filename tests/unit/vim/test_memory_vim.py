"""The infrastructure in memory behaves as the callers' tests rely on."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from nai.core.clock import ManualClock
from nai.vim import (
    NetworkAttachment,
    ServerRequest,
    VimError,
    VimNotFoundError,
    VimQuotaError,
    VimUnreachableError,
    driver_types,
    open_driver,
)
from tests.support.repository import ROOT
from tests.support.vim import MemoryVim, memory_instance, register


def request(name: str = "a", floating_ip: str | None = None) -> ServerRequest:
    return ServerRequest(name, "kms", "d1.small", [NetworkAttachment("internal", floating_ip)])


async def test_a_server_is_made_once_and_removed_once() -> None:
    vim = MemoryVim()
    await vim.ensure_network("internal")
    await asyncio.gather(*(vim.create_server(request(floating_ip="random")) for _ in range(3)))
    assert vim.creations == {"a": 1}
    for _ in range(2):
        await vim.delete_server("a")
    assert vim.deletions == {"a": 1}


async def test_faults_strike_as_often_and_where_they_are_told_to() -> None:
    vim = MemoryVim()
    await vim.ensure_network("internal")
    vim.fail("create_server", VimUnreachableError("away"), name="a*", times=2)
    for _ in range(2):
        with pytest.raises(VimUnreachableError, match="away"):
            await vim.create_server(request())
    await vim.create_server(request())
    vim.fail("create_server", "the answer was lost", when="after")
    with pytest.raises(VimError, match="lost"):
        await vim.create_server(request("b"))
    assert vim.creations["b"] == 1
    vim.fail_in_the_cloud("No valid host was found.")
    with pytest.raises(VimError, match="No valid host"):
        await vim.create_server(request("c"))
    assert vim.servers["c"].status == "ERROR"


async def test_quotas_run_out() -> None:
    vim = MemoryVim(quota={"instances": 1, "floating_ips": 1})
    await vim.ensure_network("internal")
    await vim.create_server(request(floating_ip="random"))
    assert (await vim.quota()).floating_ips == 0
    with pytest.raises(VimQuotaError, match="quota of instances is 1"):
        await vim.create_server(request("b"))


async def test_a_delayed_server_is_in_build_meanwhile() -> None:
    clock = ManualClock()
    vim = MemoryVim(clock=clock)
    await vim.ensure_network("internal")
    vim.delay("create_server", 5)
    making = asyncio.create_task(vim.create_server(request()))
    await clock.advance(4)
    assert vim.servers["a"].status == "BUILD"
    await clock.advance(1)
    assert (await making).status == "ACTIVE"


async def test_what_is_missing_is_named() -> None:
    vim = MemoryVim()
    with pytest.raises(VimNotFoundError, match="network internal"):
        await vim.create_server(request())
    with pytest.raises(VimNotFoundError, match="server x"):
        await vim.stop_server("x")


KILLED = """
import asyncio, sys
from pathlib import Path
from tests.support.vim import MemoryVim
from tests.unit.vim.test_memory_vim import request
vim = MemoryVim(state_file=Path(sys.argv[1]))
asyncio.run(vim.create_server(request()))
"""


async def test_a_killed_process_leaves_what_it_did(tmp_path: Path) -> None:
    state = tmp_path / "vim.json"
    vim = MemoryVim(state_file=state)
    await vim.ensure_network("internal")
    vim.kill_the_process("create_server", when="after")
    done = subprocess.run([sys.executable, "-c", KILLED, str(state)], cwd=ROOT, check=False)
    assert done.returncode == -9
    assert vim.creations == {"a": 1}
    register()
    assert "memory" in driver_types()
    reopened = open_driver(memory_instance(state))
    assert (await reopened.create_server(request())).status == "ACTIVE"
    assert vim.creations == {"a": 1}
