"""The stand-in as a program: its settings, and the load of its sessions."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from tests.integration.kurento.conftest import Client
from tests.integration.kurento.test_protocol import OFFER
from tests.support.repository import ROOT

PAGE_KIB = os.sysconf("SC_PAGE_SIZE") // 1024
TICKS = os.sysconf("SC_CLK_TCK")


@contextmanager
def program(**variables: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Runs it as an instance does; gives process and URL."""
    environment = {**os.environ, "KURENTO_ADDRESS": "127.0.0.1", "KURENTO_PORT": "0", **variables}
    environment["PYTHONPATH"] = str(ROOT / "nai")
    command = [sys.executable, "-m", "kurento_stand_in"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line.startswith("listening on ws://"), line
        yield process, line.split()[-1]
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        process.stdout.close()


def memory_mib(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_KIB / 1024


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


async def test_each_endpoint_holds_memory_and_each_connected_one_uses_processor_time() -> None:
    with program(KURENTO_SESSION_MEMORY_MIB="8", KURENTO_SESSION_CPU_PERCENT="10") as (process, url):
        async with connect(url) as socket:
            client = Client(socket)
            pipeline = await client.create("MediaPipeline")
            before = memory_mib(process.pid)
            endpoints = [await client.create("WebRtcEndpoint", pipeline) for _ in range(3)]
            assert 23 < memory_mib(process.pid) - before < 30
            idle = cpu_seconds(process.pid)
            await asyncio.sleep(1)
            assert cpu_seconds(process.pid) - idle < 0.1, "nothing is connected yet"
            for endpoint in endpoints:
                await client.invoke(endpoint, "processOffer", offer=OFFER)
                await client.invoke(endpoint, "gatherCandidates")
            busy = cpu_seconds(process.pid)
            await asyncio.sleep(2)
            assert 0.3 < cpu_seconds(process.pid) - busy < 0.9, "30 % of a core for two seconds"
            await client.call("release", object=pipeline)
            assert memory_mib(process.pid) - before < 8, "what is released is given back"


@pytest.mark.parametrize(
    ("variable", "value", "text"),
    [
        ("KURENTO_PORT", "many", "KURENTO_PORT is 'many', which is no int"),
        ("KURENTO_SESSION_MEMORY_MIB", "-1", "below zero"),
    ],
)
def test_a_wrong_setting_is_told(variable: str, value: str, text: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kurento_stand_in"],
        env={**os.environ, variable: value, "PYTHONPATH": str(ROOT / "nai")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert text in done.stderr
