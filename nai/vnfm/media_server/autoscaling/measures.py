"""Where alarms get their readings: used points from memory, everything else from a monitor over HTTP."""

import asyncio
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol
from urllib.parse import quote

import httpx

from nai.vnfm.media_server.autoscaling.hysteresis import CONSUMED_CAPACITY

PARALLEL_READINGS = 50
"""How many readings of the monitor run at once; a media server VNFR with hundreds of instances is no flood."""


class MeasureSource(Protocol):
    """What gives the readings of a metric for the media servers of a VNFR."""

    def at_once(self, vnfr_id: str, metric: str) -> Sequence[float] | None:
        """Gives readings that are in memory, None for a metric that has to be fetched."""
        ...

    async def fetch(self, vnfr_id: str, metric: str) -> Sequence[float]:
        """Fetches the readings of all instances; those that cannot be read are left out."""
        ...


class MediaServerMeasures:
    """The readings of media servers that take sessions.

    A stopped one, and one that is on its way out, take no sessions: they would only pull the mean down.
    """

    def __init__(
        self,
        used_points: Callable[[str], Iterable[tuple[str, float]]],
        monitor_url: str,
        client: httpx.AsyncClient,
    ) -> None:
        """Connects the sources.

        Args:
            used_points: VNFR id to host name and used points of each of its serving media servers.
            monitor_url: Beginning of the monitor's addresses.
            client: For the monitor, with its timeout set.
        """
        self._used_points = used_points
        self._monitor_url = monitor_url.rstrip("/")
        self._client = client
        self._slots = asyncio.Semaphore(PARALLEL_READINGS)

    def at_once(self, vnfr_id: str, metric: str) -> Sequence[float] | None:
        """Gives the used points; None for any other metric."""
        if metric != CONSUMED_CAPACITY:
            return None
        return [points for _, points in self._used_points(vnfr_id)]

    async def fetch(self, vnfr_id: str, metric: str) -> Sequence[float]:
        """Asks the monitor about every serving media server at once."""
        hosts = [host for host, _ in self._used_points(vnfr_id)]
        readings = await asyncio.gather(*(self._number(host, metric) for host in hosts))
        return [reading for reading in readings if reading is not None]

    async def text(self, host: str, metric: str) -> str | None:
        """Reads one metric of one host.

        Args:
            host: Host name of the media server.
            metric: Name of the metric.

        Returns:
            What the monitor answered, without white space around it; None if it did not answer 200 in time.
        """
        address = f"{self._monitor_url}/monitor/{quote(host, safe='')}/{quote(metric, safe='')}"
        try:
            async with self._slots:
                answer = await self._client.get(address)
        except httpx.HTTPError:
            return None
        return answer.text.strip() if answer.status_code == httpx.codes.OK else None

    async def _number(self, host: str, metric: str) -> float | None:
        text = await self.text(host, metric)
        try:
            number = float(text) if text is not None else math.nan
        except ValueError:
            return None
        return number if math.isfinite(number) else None
