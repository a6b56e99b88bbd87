"""A service with a database, a cloud in a file and its NFVO: what a scenario is played in."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any, Self

import httpx

from nai.core.bus import Bus
from tests.integration.media_server import forked
from tests.support.services import free_port
from tests.support.vim import MemoryVim, memory_instance
from tests.unit.media_server_scaling.builders import document, scale_in
from tests.unit.media_server_scaling.fake_nfvo import FakeNfvo, descriptor

QUICK: dict[str, Any] = {"period": 1, "cooldown": 0}
OUT = document(**(QUICK | {"actions": [{"type": "SCALE_OUT", "value": "2"}]}))
IN = scale_in(value="2", **QUICK)


class World:
    """One service, restarted whenever it has killed itself, and one VNF of it."""

    def __init__(
        self, directory: Path, name: str, nfvo: FakeNfvo, broker_url: str, database_url: str, **settings: Any
    ) -> None:
        """Prepares; nothing runs yet.

        Args:
            directory: For its files.
            name: Of the VNFR and of the type of VNFM.
            nfvo: Its NFVO.
            broker_url: The broker.
            database_url: A database with its tables.
            **settings: Further settings.
        """
        self.vnfr = name
        self.nfvo = nfvo
        self.log = directory / f"{name}.log"
        state = directory / f"{name}.vim"
        self.vim = MemoryVim(state_file=state)
        nfvo.vims[name] = memory_instance(state)
        self.settings = {
            "listen_port": free_port(),
            "broker_url": broker_url,
            "database_url": database_url,
            "type": name,
            "request_again_seconds": 1,
            "sessions": {"monitor": "none"},
            "instances": {"retry_seconds": 0},
            "heartbeat": {"activate": False},
        } | settings
        self.kills = 0
        self._process: ForkServerProcess | None = None
        self._watch: asyncio.Task[None] | None = None
        self._client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.settings['listen_port']}", timeout=5)

    async def start(self, kill_at: str | None = None) -> Self:
        """Starts the service and whoever restarts it."""
        self._process = await asyncio.to_thread(forked.start, self.settings, self.log, kill_at)
        self._watch = asyncio.create_task(self._keep_up())
        return self

    async def stop(self) -> None:
        """Ends the service."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        if self._process is not None:
            self._process.kill()
            await asyncio.to_thread(self._process.join)
        await self._client.aclose()

    async def __aenter__(self) -> Self:
        """Starts without a kill point."""
        return await self.start()

    async def __aexit__(self, *_error: object) -> None:
        """Stops."""
        await self.stop()

    async def _keep_up(self) -> None:
        while True:
            assert self._process is not None
            await asyncio.to_thread(self._process.join)
            if self._process.exitcode != -signal.SIGKILL:
                self.nfvo.give_up(f"the service ended with {self._process.exitcode}: {self.log.read_text()[-3000:]}")
                return
            self.kills += 1
            self._process = await asyncio.to_thread(forked.start, self.settings, self.log, None)

    @property
    def events(self) -> list[str]:
        """The points that its processes have passed."""
        file = self.log.with_suffix(".events")
        return file.read_text().splitlines() if file.exists() else []

    async def until(self, what: str, condition: Callable[[], Any], seconds: float = 30) -> None:
        """Waits for something to become true."""
        try:
            async with asyncio.timeout(seconds):
                while not condition():
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(
                f"{self.vnfr}: not within {seconds:g} s: {what}; servers {self.servers}, record {self.recorded};"
                f" {self.log}:\n{self.log.read_text()[-2500:]}"
            ) from None

    # What is there.

    @property
    def servers(self) -> list[str]:
        """Names of the servers in the cloud."""
        return sorted(self.vim.servers)

    @property
    def recorded(self) -> list[str]:
        """Host names in the NFVO's record."""
        return self.nfvo.hostnames(self.vnfr) if self.vnfr in self.nfvo.records else []

    async def get(self, path: str) -> Any:
        """Reads from the service, which may be down for a moment."""
        return await self._request("GET", path)

    async def media_servers(self) -> dict[str, int]:
        """Host name to used points."""
        found = await self.get(f"/vnfr/{self.vnfr}/media-server")
        return {each["hostName"]: each["usedPoints"] for each in found}

    async def _request(self, method: str, path: str, **body: Any) -> Any:
        async with asyncio.timeout(30):
            while True:
                with contextlib.suppress(httpx.TransportError):
                    answer = await self._client.request(method, path, **body)
                    if answer.status_code < 500:
                        return answer.json() if answer.content else None
                await asyncio.sleep(0.05)

    # What is done.

    async def run(self, *, count: int = 1, maximum: int = 3, policies: Any = (OUT, IN)) -> None:
        """Instantiates and starts the VNF."""
        await self.instantiate(count=count, maximum=maximum, policies=policies)
        await self.nfvo.start_vnf(self.vnfr, manager=self.vnfr, again_seconds=0.5)

    async def instantiate(self, *, count: int = 1, maximum: int = 3, policies: Any = (OUT, IN)) -> None:
        """Instantiates the VNF."""
        vnfd = descriptor(count=count, maximum=maximum, policies=policies)
        answer = await self.nfvo.instantiate(self.vnfr, vnfd, manager=self.vnfr, again_seconds=0.5)
        assert answer["action"] == "INSTANTIATE", answer

    async def terminate(self) -> None:
        """Terminates the VNF."""
        answer = await self.nfvo.terminate(self.vnfr, manager=self.vnfr, again_seconds=0.5)
        assert answer["action"] == "RELEASE_RESOURCES", answer

    async def load(self, points: int) -> str:
        """Registers an application; returns its id."""
        path, body = f"/vnfr/{self.vnfr}/app", {"points": points, "extAppId": f"session-{points}"}
        found = await self._request("POST", path, json=body)
        return str(found["id"])

    async def unload(self, application: str) -> None:
        """Unregisters an application."""
        await self._request("DELETE", f"/vnfr/{self.vnfr}/app/{application}")

    async def scaled_out(self) -> None:
        """Waits for the scale-out to three and checks that all agree."""
        await self.until("three servers are recorded", lambda: len(self.recorded) == 3)
        await self.agree(3)

    async def scaled_in(self) -> None:
        """Waits for the scale-in to one and checks that all agree."""
        await self.until("one server is there and recorded", lambda: len(self.recorded) == len(self.servers) == 1)
        await self.agree(1)

    async def agree(self, number: int) -> None:
        """Record, plane and cloud have the same instances, as soon as the action is over."""
        found: dict[str, int] = {}
        for _ in range(200):
            found = await self.media_servers()
            if len(found) == number and sorted(found) == self.recorded == self.servers:
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"{self.vnfr}: {sorted(found)}, {self.recorded} and {self.servers} differ; {self.log}")

    async def settled(self) -> None:
        """Waits until nothing of the VNF is left anywhere."""
        await self.until("no server is left", lambda: not self.servers)
        for _ in range(200):
            if await self.get("/vnfr") == []:
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"{self.vnfr} is still managed; {self.log}")

    def check_nothing_twice(self) -> None:
        """Every server was made once and removed once."""
        assert self.vim.creations
        assert set(self.vim.creations.values()) == {1}, self.vim.creations
        assert self.vim.deletions == self.vim.creations
        assert self.servers == []

    async def warm(self, number: int) -> None:
        """Waits for so many warm instances."""
        states: list[str] = []
        for _ in range(200):
            found = await self.get(f"/vnfr/{self.vnfr}/elasticity")
            states = [each["state"] for each in found["instances"]]
            if states.count("WARM") == number:
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"{self.vnfr}: {states}; {self.log}")

    async def nfvo_scales_out(self) -> dict[str, Any]:
        """Has the NFVO add an instance; returns it."""
        answer = await self.nfvo.ask(
            "SCALE_OUT",
            manager=self.vnfr,
            again_seconds=0.5,
            component={"connection_point": []},
            virtualNetworkFunctionRecord=self.nfvo.records[self.vnfr],
        )
        assert answer["action"] == "SCALED", answer
        return dict(answer["vnfcInstance"])

    async def nfvo_scales_in(self, instance: dict[str, Any]) -> None:
        """Has the NFVO remove an instance."""
        answer = await self.nfvo.ask(
            "SCALE_IN",
            manager=self.vnfr,
            again_seconds=0.5,
            vnfcInstance=instance,
            virtualNetworkFunctionRecord=self.nfvo.records[self.vnfr],
        )
        assert answer["action"] == "SCALE_IN", answer


async def connected(bus: Bus, directory: Path) -> FakeNfvo:
    """Starts the NFVO of all worlds on a bus."""
    nfvo = FakeNfvo(bus, memory_instance(directory / "nobody.vim"))
    await nfvo.start()
    return nfvo
