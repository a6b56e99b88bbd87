"""Requests to the agents inside the instances (wire contracts 6.5, 7)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nai.core.bus import EXCHANGE, BusError, Delivery, UnroutableError
from nai.core.identifiers import new_id
from nai.vnfm.generic.errors import AgentLostError, AgentMissingError

if TYPE_CHECKING:
    from nai.core.bus import Bus
    from nai.core.clock import Clock
    from nai.vnfm.generic.settings import GenericVnfmSettings

_LOG = logging.getLogger(__name__)

CHECK_SECONDS = 5.0
"""Time between two looks whether an agent is still there."""

AGAIN_SECONDS = 30.0
"""After which an unanswered request goes again to an agent that runs nothing twice."""

GRACE_SECONDS = 30.0
"""The agent ends a script by itself; only then is its answer given up."""


@dataclass(frozen=True)
class AgentAnswer:
    """What an agent answers.

    Attributes:
        output: Standard output.
        err: Standard error.
        status: Exit status; 0 is success.
    """

    output: str
    err: str
    status: int


class Agents:
    """The agents of all VNFs.

    An agent serves a queue that vanishes with it: the queue's existence is its sign of life. Ours also announces that
    it gives the stored answer to a request that comes again, by the request's id; after a lost connection, on either
    side, the request is therefore sent again.
    """

    def __init__(self, bus: Bus, clock: Clock, settings: GenericVnfmSettings) -> None:
        """Prepares the requests."""
        self._bus = bus
        self._clock = clock
        self._settings = settings
        self._answers_queue = f"ems.{settings.type}.answers.{new_id()}"
        self._asked: dict[str, asyncio.Future[AgentAnswer]] = {}
        self._idempotent: set[str] = set()
        self._appeared: dict[str, asyncio.Event] = {}

    async def start(self) -> None:
        """Listens to registrations and answers."""
        register = f"ems.{self._settings.type}.register"
        await self._bus.consume(register, self._registered, bind=register)
        await self._bus.consume(self._answers_queue, self._answered, durable=False, bind=self._answers_queue)

    async def wait_for(self, hostname: str) -> None:
        """Waits until an instance's agent is there.

        Raises:
            AgentMissingError: It did not come in time.
        """
        end = self._clock.monotonic() + self._settings.ems_start_seconds
        while not await self._is_there(hostname):
            if self._clock.monotonic() >= end:
                # "hostame": so spelled on the wire; clients look for it.
                raise AgentMissingError(
                    f"no ems for hostame: {hostname}: its agent did not register within"
                    f" {self._settings.ems_start_seconds:g} s"
                    " (does the instance run, has it Python 3, does it reach the broker?)"
                )
            await self._pause(hostname, CHECK_SECONDS)

    async def is_there(self, hostname: str) -> bool:
        """Whether an instance's agent serves right now."""
        return await self._is_there(hostname)

    async def request(self, hostname: str, body: Mapping[str, Any], *, request_id: str, seconds: float) -> AgentAnswer:
        """Asks an agent, and waits for its answer.

        Args:
            hostname: Of the instance.
            body: The request.
            request_id: Names the request; the same after a crash of this process.
            seconds: How long the agent may take for it.

        Raises:
            AgentLostError: The agent went away and did not come back, or did not answer.
        """
        correlation_id = new_id()
        answer: asyncio.Future[AgentAnswer] = asyncio.get_running_loop().create_future()
        self._asked[correlation_id] = answer
        try:
            return await self._ask(hostname, {**body, "id": request_id}, correlation_id, answer, seconds)
        finally:
            del self._asked[correlation_id]

    async def _ask(
        self,
        hostname: str,
        body: Mapping[str, Any],
        correlation_id: str,
        answer: asyncio.Future[AgentAnswer],
        seconds: float,
    ) -> AgentAnswer:
        began: float | None = None  # When it was first sent to the agent that is there now.
        last_sent = gone = self._clock.monotonic()
        while True:
            if began is None and await self._send(hostname, body, correlation_id):
                began = last_sent = self._clock.monotonic()
            await self._wait(answer, hostname)
            if answer.done():
                return answer.result()
            now = self._clock.monotonic()
            if not await self._is_there(hostname):
                began = None
                if now - gone >= self._settings.ems_lost_seconds:
                    raise AgentLostError(
                        f"the agent of {hostname} was lost during {_called(body)} and did not come back within"
                        f" {self._settings.ems_lost_seconds:g} s"
                    )
                continue
            gone = now
            if began is None:
                continue
            if now - began > seconds + GRACE_SECONDS:
                raise AgentLostError(f"the agent of {hostname} did not answer {_called(body)} within {seconds:g} s")
            if hostname.lower() in self._idempotent and now - last_sent >= AGAIN_SECONDS:
                await self._send(hostname, body, correlation_id)
                last_sent = now

    async def _send(self, hostname: str, body: Mapping[str, Any], correlation_id: str) -> bool:
        try:
            await self._bus.publish(
                _queue(hostname),
                body,
                exchange=EXCHANGE,
                correlation_id=correlation_id,
                reply_to=self._answers_queue,
                mandatory=True,
            )
        except UnroutableError:
            return False
        except BusError as error:
            _LOG.warning("%s waits for the broker: %s", _called(body), error)
            return False
        return True

    async def _wait(self, answer: asyncio.Future[AgentAnswer], hostname: str) -> None:
        """Waits for the answer, at most until the next look at the agent."""
        pause = asyncio.create_task(self._pause(hostname, CHECK_SECONDS))
        waited: set[asyncio.Future[Any]] = {answer, pause}
        try:
            await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
        finally:
            pause.cancel()

    async def _pause(self, hostname: str, seconds: float) -> None:
        """Waits a while, or until the agent registers."""
        appeared = self._appeared.setdefault(hostname.lower(), asyncio.Event())
        appeared.clear()
        tasks = [asyncio.create_task(appeared.wait()), asyncio.create_task(self._clock.sleep(seconds))]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()

    async def _is_there(self, hostname: str) -> bool:
        try:
            return await self._bus.queue_exists(_queue(hostname))
        except BusError:
            return False

    async def _registered(self, delivery: Delivery) -> None:
        hostname = str(delivery.body.get("hostname", "")).lower()
        if delivery.body.get("idempotent") is True:
            self._idempotent.add(hostname)
        if hostname in self._appeared:
            self._appeared[hostname].set()

    async def _answered(self, delivery: Delivery) -> None:
        future = self._asked.get(delivery.correlation_id or "")
        if future is None or future.done():
            return
        body = delivery.body
        try:
            status = int(body.get("status", 1))
        except (TypeError, ValueError):
            status = 1
        future.set_result(AgentAnswer(str(body.get("output") or ""), str(body.get("err") or ""), status))

    def forget(self, hostname: str) -> None:
        """Forgets an instance that is gone."""
        self._idempotent.discard(hostname.lower())
        self._appeared.pop(hostname.lower(), None)


def _queue(hostname: str) -> str:
    return f"vnfm.{hostname.lower()}.actions"


def _called(body: Mapping[str, Any]) -> str:
    return str(body.get("payload")) if body.get("action") == "EXECUTE" else str(body.get("action"))
