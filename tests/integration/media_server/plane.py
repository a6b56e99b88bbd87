"""NFVO and media-server VNFM, both real, over one broker and one database server."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any, Self

import httpx

from tests.integration.media_server import forked
from tests.integration.media_server.world import IN, OUT
from tests.support.vim import MemoryVim, memory_instance
from tests.unit.media_server_scaling.fake_nfvo import descriptor

ADMIN = "a-password"
ENDED = "ended"


class Plane:
    """Two services, a cloud in a file, and a client of both."""

    def __init__(self, directory: Path, broker_url: str, nfvo_database: str, manager_database: str) -> None:
        """Prepares; `async with` starts both.

        Args:
            directory: For files.
            broker_url: The broker.
            nfvo_database: A database with the NFVO's tables.
            manager_database: A database with the VNFM's.
        """
        self.directory = directory
        state = directory / "cloud.json"
        self.vim = MemoryVim(state_file=state)
        self.instance = memory_instance(state)
        common = {"broker_url": broker_url, "encryption_key": "k" * 32}
        self.settings: dict[str, dict[str, Any]] = {
            "nfvo": common
            | {
                "listen_port": forked.free_port(),
                "database_url": nfvo_database,
                "admin_password": ADMIN,
                "encryption_key": "k" * 40,
                "resend_seconds": 1,
                "managers_poll_seconds": 1,
            },
            "vnfm-media-server": common
            | {
                "listen_port": forked.free_port(),
                "database_url": manager_database,
                "registration_seconds": 1,
                "request_again_seconds": 1,
                "sessions": {"monitor": "none"},
                "instances": {"retry_seconds": 0},
                "heartbeat": {"activate": False},
            },
        }
        self._processes: dict[str, ForkServerProcess] = {}
        self._client = httpx.AsyncClient(timeout=10)
        self._headers: dict[str, str] = {}

    async def __aenter__(self) -> Self:
        """Starts both and registers the cloud."""
        await forked.warm_up()
        for service in self.settings:
            await self.start(service)
        await self._log_in()
        await self.nfvo("POST", "datacenters", self.instance.to_wire())
        await self.until("the VNFM is registered", lambda: self.nfvo("GET", "vnfmanagers"))
        return self

    async def __aexit__(self, *_error: object) -> None:
        """Ends both."""
        for process in self._processes.values():
            process.kill()
            await asyncio.to_thread(process.join)
        await self._client.aclose()

    async def start(self, service: str) -> None:
        """Starts a service."""
        log = self.directory / f"{service}.log"
        self._processes[service] = await asyncio.to_thread(forked.start, self.settings[service], log, None, service)

    async def kill(self, service: str) -> None:
        """Kills a service and starts it again."""
        self._processes[service].kill()
        await asyncio.to_thread(self._processes[service].join)
        await self.start(service)

    # The two interfaces; either may be down for a moment.

    async def _log_in(self) -> None:
        url = f"http://127.0.0.1:{self.settings['nfvo']['listen_port']}/oauth/token"
        form = {"username": "admin", "password": ADMIN, "grant_type": "password"}
        answer = await self._until_answered("POST", url, data=form, auth=("openbatonOSClient", "secret"))
        self._headers = {"Authorization": f"Bearer {answer.json()['value']}"}
        projects = await self.nfvo("GET", "projects")
        self._headers["project-id"] = projects[0]["id"]

    async def nfvo(self, method: str, path: str, body: Any = None) -> Any:
        """Asks the NFVO; raises AssertionError when it refuses."""
        url = f"http://127.0.0.1:{self.settings['nfvo']['listen_port']}/api/v1/{path}"
        answer = await self._until_answered(method, url, json=body, headers=self._headers)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    async def manager(self, method: str, path: str, body: Any = None) -> Any:
        """Asks the VNFM."""
        url = f"http://127.0.0.1:{self.settings['vnfm-media-server']['listen_port']}{path}"
        answer = await self._until_answered(method, url, json=body)
        return answer.json() if answer.content else None

    async def _until_answered(self, method: str, url: str, **request: Any) -> httpx.Response:
        async with asyncio.timeout(60):
            while True:
                with contextlib.suppress(httpx.TransportError):
                    answer = await self._client.request(method, url, **request)
                    if answer.status_code < 500:
                        return answer
                await asyncio.sleep(0.1)

    async def until(self, what: str, probe: Callable[[], Any], seconds: float = 60) -> Any:
        """Waits until a probe, which may be a coroutine function, finds something."""
        seen: Any = None
        try:
            async with asyncio.timeout(seconds):
                while True:
                    seen = probe()
                    if asyncio.iscoroutine(seen):
                        seen = await seen
                    if seen:
                        return seen
                    await asyncio.sleep(0.1)
        except TimeoutError:
            logs = "\n".join(file.read_text()[-2500:] for file in sorted(self.directory.glob("*.log")))
            raise AssertionError(
                f"not within {seconds:g} s: {what}; servers {sorted(self.vim.servers)}\n{logs}"
            ) from None

    # One network service.

    async def deploy(self, count: int = 1, maximum: int = 3, policies: Any = (OUT, IN)) -> str:
        """Deploys a network service with one media-server VNF; returns the id of its record."""
        vnfd = descriptor(count=count, maximum=maximum, policies=policies)
        nsd = {
            "name": "service",
            "vendor": "TUB",
            "version": "1.0",
            "vnfd": [vnfd],
            "vld": [{"name": "internal_nubomedia"}],
        }
        stored = await self.nfvo("POST", "ns-descriptors", nsd)
        record = await self.nfvo("POST", f"ns-records/{stored['id']}", {})
        return str(record["id"])

    async def active(self, nsr_id: str, instances: int) -> dict[str, Any]:
        """Waits until the service is ACTIVE with so many instances, in record, VNFM and cloud; returns its VNFR."""

        async def probe() -> dict[str, Any] | None:
            nsr = await self.nfvo("GET", f"ns-records/{nsr_id}")
            if nsr["status"] != "ACTIVE":
                return None
            vnfr: dict[str, Any] = nsr["vnfr"][0]
            recorded = hostnames(vnfr)
            served = await self.manager("GET", f"/vnfr/{vnfr['id']}/media-server")
            placed = sorted(each["hostName"] for each in served)
            return vnfr if recorded == placed == sorted(self.vim.servers) and len(placed) == instances else None

        found: dict[str, Any] = await self.until(f"{instances} instances serve", probe)
        return found

    async def gone(self, nsr_id: str) -> None:
        """Deletes the service and waits until nothing is left."""
        await self.nfvo("DELETE", f"ns-records/{nsr_id}")

        async def probe() -> bool:
            records = await self.nfvo("GET", "ns-records")
            return not records and not self.vim.servers and await self.manager("GET", "/vnfr") == []

        await self.until("nothing is left", probe)
        assert set(self.vim.creations.values()) == {1}, self.vim.creations
        assert set(self.vim.deletions) == set(self.vim.creations)

    async def load(self, vnfr: dict[str, Any], points: int) -> dict[str, Any]:
        """Registers an application."""
        body = {"points": points, "extAppId": f"session-{points}"}
        found: dict[str, Any] = await self.manager("POST", f"/vnfr/{vnfr['id']}/app", body)
        return found

    async def unload(self, vnfr: dict[str, Any], application: dict[str, Any]) -> None:
        """Unregisters it."""
        await self.manager("DELETE", f"/vnfr/{vnfr['id']}/app/{application['id']}")


def instances(vnfr: dict[str, Any]) -> list[dict[str, Any]]:
    """The instances of a record."""
    return [each for unit in vnfr["vdu"] for each in unit.get("vnfc_instance", [])]


def hostnames(vnfr: dict[str, Any]) -> list[str]:
    """Their sorted names."""
    return sorted(each["hostname"] for each in instances(vnfr))
