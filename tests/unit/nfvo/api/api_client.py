"""The API as a client sees it, and what the tests put in the orchestrator's place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from nai.catalogue import DeploymentFlavour, Network, NFVImage, Quota
from nai.nfvo.store.event_endpoints import event_endpoints
from nai.nfvo.store.managers import managers
from nai.vim.driver import VimInventory, VimUnreachableError

if TYPE_CHECKING:
    import httpx

    from nai.catalogue import EventEndpoint, VimInstance, VnfmManagerEndpoint
    from nai.core.bus import MemoryBus
    from nai.core.clock import ManualClock
    from nai.nfvo.context import Nfvo
    from nai.vim.driver import VimDriver

PASSWORD = "a long password"
CLIENT = ("openbatonOSClient", "secret")


class Records:
    """Running services that use what a test says."""

    def __init__(self) -> None:
        self.vims: set[str] = set()
        self.descriptors: set[str] = set()

    async def uses_vim(self, name: str) -> bool:
        return name in self.vims

    async def uses_descriptor(self, descriptor_id: str) -> bool:
        return descriptor_id in self.descriptors


class Registries:
    """Subscribers and managers as they are stored; nobody is told anything."""

    def __init__(self, nfvo: Nfvo) -> None:
        self._database = nfvo.database

    async def subscribe(self, endpoint: EventEndpoint) -> EventEndpoint:
        async with self._database.session() as session:
            return await event_endpoints.subscribe(session, endpoint)

    async def unsubscribe(self, endpoint_id: str, project_id: str | None = None) -> None:
        async with self._database.session() as session:
            await event_endpoints.unsubscribe(session, endpoint_id, project_id)

    async def unregister(self, endpoint: VnfmManagerEndpoint) -> None:
        async with self._database.session() as session:
            await managers.unregister(session, endpoint)


class NoOrchestrator:
    """Looks after nothing."""

    def __init__(self, nfvo: Nfvo) -> None:
        self.records = Records()
        self.events = self.managers = Registries(nfvo)
        self.running = False

    async def start(self) -> None:
        self.running = True

    async def stop(self) -> None:
        self.running = False


class FakeVim:
    """A driver that offers what Annex 1 needs, unless it is down."""

    def __init__(self) -> None:
        self.down = False
        self.seen: list[VimInstance] = []
        self.images = ["nubomedia/kurento-media-server", "ubuntu-cloud-64bit", "cloud-repo-cdn"]

    def open(self, vim: VimInstance) -> VimDriver:
        self.seen.append(vim)
        return cast("VimDriver", self)

    async def refresh(self) -> VimInventory:
        if self.down:
            message = "VIM is not reachable"
            raise VimUnreachableError(message)
        return VimInventory(
            images=[NFVImage(name=name, ext_id=f"image-{name}") for name in self.images],
            flavours=[
                DeploymentFlavour(flavour_key=name, ext_id=f"flavour-{name}", ram=1024, vcpus=1)
                for name in ("m1.small", "d1.medium", "m3.medium")
            ],
            networks=[Network(name="internal_nubomedia", ext_id="network-1")],
        )

    async def quota(self) -> Quota:
        if self.down:
            message = "VIM is not reachable"
            raise VimUnreachableError(message)
        return Quota(instances=10, cores=20, ram=40960, floating_ips=5, key_pairs=3)

    async def close(self) -> None:
        pass


class Api:
    """A running orchestrator and a client of it, logged in as its administrator in the default project."""

    def __init__(self, client: httpx.AsyncClient, nfvo: Nfvo, vim: FakeVim, orchestrator: NoOrchestrator) -> None:
        self.client = client
        self.nfvo = nfvo
        self.vim = vim
        self.orchestrator = orchestrator
        self.headers: dict[str, str] = {}

    @property
    def clock(self) -> ManualClock:
        return self.nfvo.clock  # type: ignore[return-value]

    @property
    def bus(self) -> MemoryBus:
        return self.nfvo.bus  # type: ignore[return-value]

    async def token(self, username: str = "admin", password: str = PASSWORD) -> str:
        answer = await self.client.post(
            "/oauth/token",
            auth=CLIENT,
            data={"grant_type": "password", "username": username, "password": password},
        )
        assert answer.status_code == 200, answer.text
        return str(answer.json()["value"])

    async def log_in(self, username: str = "admin", password: str = PASSWORD, project: str = "default") -> Api:
        """Return a client logged in as somebody, in a project."""
        other = Api(self.client, self.nfvo, self.vim, self.orchestrator)
        other.headers = {"Authorization": f"Bearer {await self.token(username, password)}"}
        projects = await other.get("/projects")
        other.headers["project-id"] = next(each["id"] for each in projects if each["name"] == project)
        return other

    @property
    def project_id(self) -> str:
        return self.headers["project-id"]

    async def request(self, method: str, path: str, expected: int, **options: Any) -> Any:
        """Make a request below /api/v1, check its status and return its body."""
        headers = self.headers | options.pop("headers", {})
        answer = await self.client.request(method, f"/api/v1{path}", headers=headers, **options)
        assert answer.status_code == expected, f"{method} {path}: {answer.status_code} {answer.text}"
        if not answer.content:
            return None
        is_json = answer.headers["content-type"].startswith("application/json")
        return answer.json() if is_json else answer.text

    async def get(self, path: str, expected: int = 200, **options: Any) -> Any:
        return await self.request("GET", path, expected, **options)

    async def post(self, path: str, body: Any = None, expected: int = 201, **options: Any) -> Any:
        return await self.request("POST", path, expected, **({"json": body} if body is not None else {}), **options)

    async def put(self, path: str, body: Any = None, expected: int = 202, **options: Any) -> Any:
        return await self.request("PUT", path, expected, **({"json": body} if body is not None else {}), **options)

    async def delete(self, path: str, expected: int = 204, **options: Any) -> Any:
        return await self.request("DELETE", path, expected, **options)


VIM = {
    "name": "nubomedia-vim",
    "authUrl": "http://controller:5000/v3",
    "tenant": "nubomedia",
    "username": "nubomedia",
    "password": "os secret",
    "keyPair": "nubomedia",
    "securityGroups": ["default"],
    "type": "openstack",
    "location": {"name": "Berlin", "latitude": "52.5", "longitude": "13.3"},
}
"""An infrastructure as a client registers it."""
