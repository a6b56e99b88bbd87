"""A client of the media servers' manager: its REST interface (wire contracts 2), as other services use it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx

from nai.core.errors import ServiceError
from nai.core.wire import WireModel, wire

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

ANSWER_SECONDS = 30.0


class MediaServerManagerError(ServiceError):
    """The manager refused a request or could not be reached; `status` is None in the second case."""

    def __init__(self, message: str, status: int | None = None) -> None:
        """Make the error."""
        super().__init__(message)
        self.status = status


class MediaServerDocument(WireModel):
    """A media server; `status` is ACTIVE, INACTIVE, RELEASE or IDLE."""

    id: str | None = None
    vnfr_id: str | None = wire("vnfrId")
    host_name: str | None = wire("hostName")
    ip: str | None = None
    used_points: int = wire("usedPoints", 0)
    max_capacity: int = wire("maxCapacity", 0)
    status: str | None = None


class SessionDocument(WireModel):
    """A session that is registered on a media server."""

    id: str | None = None
    vnfr_id: str | None = None
    ext_app_id: str | None = wire("extAppId")
    media_server_id: str | None = wire("mediaServerId")
    ip: str | None = None
    points: int = 0
    created: str | None = None
    heartbeat: str | None = None
    missed_heartbeats: int = wire("missedHeartbeats", 0)


class MediaServerClient:
    """The operations that other services need. All of them raise MediaServerManagerError."""

    def __init__(
        self,
        url: str,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        timeout_seconds: float = ANSWER_SECONDS,
    ) -> None:
        """Prepare; nothing is asked yet.

        Args:
            url: Where the manager is, for example `http://10.0.0.2:9000`.
            transport: How requests are sent; tests put in an application.
            timeout_seconds: How long an answer may take.
        """
        self._client = httpx.AsyncClient(base_url=url, transport=transport, timeout=timeout_seconds)

    async def __aenter__(self) -> Self:
        """Return the client."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def servers(self, vnfr_id: str) -> list[MediaServerDocument]:
        """The media servers of a function, in the order in which they came; none of one that is unknown."""
        return [MediaServerDocument.from_wire(each) for each in await self._get(vnfr_id, "media-server")]

    async def number(self, vnfr_id: str) -> int:
        """How many media servers a function has."""
        return int(await self._get(vnfr_id, "media-server/number"))

    async def load(self, vnfr_id: str) -> float:
        """The mean of the points in use on the media servers of a function."""
        return float(await self._get(vnfr_id, "media-server/load"))

    async def sessions(self, vnfr_id: str) -> list[SessionDocument]:
        """The sessions on the media servers of a function, in the order in which they were registered."""
        return [SessionDocument.from_wire(each) for each in await self._get(vnfr_id, "app")]

    async def register(self, vnfr_id: str, points: int, ext_app_id: str | None = None) -> SessionDocument:
        """Register a session; the same `ext_app_id` twice is one session."""
        body = {"points": points} | ({"extAppId": ext_app_id} if ext_app_id else {})
        return SessionDocument.from_wire(await self._request("POST", f"/vnfr/{_part(vnfr_id)}/app", json=body))

    async def heartbeat(self, vnfr_id: str, session_id: str) -> SessionDocument:
        """Keep a session alive."""
        path = f"/vnfr/{_part(vnfr_id)}/app/{_part(session_id)}/heartbeat"
        return SessionDocument.from_wire(await self._request("PUT", path))

    async def unregister(self, vnfr_id: str, session_id: str) -> None:
        """End a session."""
        await self._request("DELETE", f"/vnfr/{_part(vnfr_id)}/app/{_part(session_id)}")

    async def start(self, vnfr_id: str, host_name: str) -> MediaServerDocument:
        """Have a stopped media server take sessions again."""
        return await self._power(vnfr_id, host_name, "start")

    async def stop(self, vnfr_id: str, host_name: str) -> MediaServerDocument:
        """Have a media server finish its sessions and take no new ones."""
        return await self._power(vnfr_id, host_name, "stop")

    async def _power(self, vnfr_id: str, host_name: str, verb: str) -> MediaServerDocument:
        path = f"/vnfr/{_part(vnfr_id)}/media-server/{_part(host_name)}/{verb}"
        return MediaServerDocument.from_wire(await self._request("POST", path))

    async def _get(self, vnfr_id: str, what: str) -> Any:
        return await self._request("GET", f"/vnfr/{_part(vnfr_id)}/{what}")

    async def _request(self, method: str, path: str, **options: Any) -> Any:
        try:
            answer = await self._client.request(method, path, **options)
        except httpx.HTTPError as error:
            message = f"the media servers' manager at {self._client.base_url} does not answer: "
            raise MediaServerManagerError(message + (str(error) or type(error).__name__)) from None
        if not answer.is_success:
            message = f"{method} {path}: {_reason(answer)}"
            raise MediaServerManagerError(message, answer.status_code)
        try:
            return answer.json() if answer.content else None
        except ValueError:
            message = f"{method} {path}: the answer is no JSON"
            raise MediaServerManagerError(message, answer.status_code) from None


def _part(text: str) -> str:
    return quote(text, safe="")


def _reason(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["message"])
    except (ValueError, KeyError, TypeError):
        return answer.text
