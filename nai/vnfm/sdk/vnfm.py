"""A VNFM: registers, takes the NFVO's actions, carries them out with its handler, answers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from nai.catalogue import MessageError, OrVnfmInstantiateMessage, OrVnfmMessage, parse_or_vnfm
from nai.core.clock import SystemClock
from nai.vnfm.sdk.dispatch import Dispatch, error_message, record_of
from nai.vnfm.sdk.errors import VnfmError
from nai.vnfm.sdk.executor import Executor, Observer, unobserved
from nai.vnfm.sdk.handler import ActionContext, VnfmHandler
from nai.vnfm.sdk.occurrences import OCCURRENCE_FIELD, occurrence_of, without_secrets
from nai.vnfm.sdk.record_building import subject_of
from nai.vnfm.sdk.registration import Registration
from nai.vnfm.sdk.requests import NfvoRequests

if TYPE_CHECKING:
    from nai.core.bus import Bus, Delivery
    from nai.core.clock import Clock
    from nai.vnfm.sdk.journal import Entry, Journal
    from nai.vnfm.sdk.settings import VnfmSettings

ANSWERS_QUEUE = "vnfm.nfvo.actions"

_LOG = logging.getLogger(__name__)
_FORGET_SECONDS = 3600.0


class Vnfm:
    """One VNFM on the bus."""

    def __init__(
        self,
        bus: Bus,
        settings: VnfmSettings,
        handler: VnfmHandler,
        *,
        journal: Journal,
        clock: Clock | None = None,
        observer: Observer | None = None,
    ) -> None:
        """Prepares the VNFM.

        Args:
            bus: The bus.
            settings: What it is told.
            handler: Its own part.
            journal: Where its actions are kept.
            clock: The time; the system's by default.
            observer: Is told each persisted step as `<action>/<step>/after`; tests end the process there.
        """
        self._bus = bus
        self._settings = settings
        self._journal = journal
        self._clock = clock or SystemClock()
        observer = observer or unobserved
        self._dispatch = Dispatch(handler, allocate_by_nfvo=settings.allocate_by_nfvo, observer=observer)
        self._executor = Executor(
            journal, self._run, self._send, clock=self._clock, concurrency=settings.concurrency, observer=observer
        )
        self.registration = Registration(bus, self._clock, settings)
        self._background: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Takes up what was left, then serves; returns at once."""
        await self._executor.resume()
        settings = self._settings
        if settings.registration == "queue":
            await self._bus.consume(f"nfvo.{settings.type}.actions", self.take)
        else:
            await self._bus.consume(settings.endpoint, self.take, bind=settings.endpoint)
        self._background = [
            asyncio.create_task(self.registration.keep(), name="registration"),
            asyncio.create_task(self._keep_journal_small(), name="journal"),
        ]

    async def stop(self) -> None:
        """Stops; unfinished actions are taken up by the next process."""
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        await self._executor.close()

    async def settle(self) -> None:
        """Waits until no action runs; for tests."""
        await self._executor.settle()

    def requests(self, occurrence: str) -> NfvoRequests:
        """Returns the requests to the NFVO for something that the VNFM does by itself (scaling, a warm pool).

        Args:
            occurrence: Names what it does; the same when it is done again after a crash.
        """
        settings = self._settings
        return NfvoRequests(
            self._bus,
            self._clock,
            occurrence,
            seconds=settings.request_seconds,
            again_seconds=settings.request_again_seconds,
        )

    async def take(self, delivery: Delivery) -> None:
        """Takes a message of the NFVO; when this returns it is durable, and may be acknowledged."""
        body = delivery.body
        try:
            message = parse_or_vnfm(body)
        except (MessageError, ValidationError) as error:
            # There is nothing to answer with a record; the NFVO at least learns why nothing happens.
            _LOG.error("a message of the NFVO cannot be read: %s", _readable(error))
            answer = error_message(VnfmError(f"a message cannot be read: {_readable(error)}"), None, _nsr_of(body))
            await self._bus.publish(ANSWERS_QUEUE, _with_occurrence(answer.to_wire(), body))
            return
        await self._executor.accept(
            occurrence_of(body), _subject(message), message.action, body, kept=without_secrets(body)
        )

    async def _run(self, entry: Entry, request: Mapping[str, Any]) -> Mapping[str, Any] | None:
        message = parse_or_vnfm(request)
        extension = getattr(message, "extension", {})
        context = ActionContext(entry.occurrence, extension, self.requests(entry.occurrence))
        try:
            answer = await self._dispatch.carry_out(context, message)
        except Exception as error:  # noqa: BLE001  # whatever a handler raises becomes the NFVO's ERROR
            expected = isinstance(error, VnfmError)
            _LOG.error("%s of %s failed: %s", entry.action, entry.subject, error, exc_info=not expected)
            # What the handler had changed in the record is in it: the message's object was given to it.
            record = getattr(error, "vnfr", None) or record_of(message)
            nsr_id = (record.parent_ns_id if record else None) or extension.get("nsr-id")
            answer = error_message(error, record, nsr_id)
        if answer is None:
            return None
        return _with_occurrence(answer.to_wire(), request)

    async def _send(self, answer: Mapping[str, Any]) -> None:
        await self._bus.publish(ANSWERS_QUEUE, answer, mandatory=True)

    async def _keep_journal_small(self) -> None:
        while True:
            try:
                await self._journal.forget(self._settings.journal_hours)
            except SQLAlchemyError:
                _LOG.exception("old actions could not be removed from the journal")
            await self._clock.sleep(_FORGET_SECONDS)


def _subject(message: OrVnfmMessage) -> str:
    if isinstance(message, OrVnfmInstantiateMessage):
        return subject_of(message.extension, message.vnf_instance_name)
    record = record_of(message)
    return (record.id or record.name or "") if record else ""


def _with_occurrence(answer: dict[str, Any], request: Mapping[str, Any]) -> dict[str, Any]:
    if OCCURRENCE_FIELD in request:
        answer[OCCURRENCE_FIELD] = request[OCCURRENCE_FIELD]
    return answer


def _nsr_of(body: Mapping[str, Any]) -> str | None:
    extension = body.get("extension")
    return str(extension["nsr-id"]) if isinstance(extension, dict) and "nsr-id" in extension else None


def _readable(error: Exception) -> str:
    if isinstance(error, ValidationError):
        found = error.errors(include_url=False, include_input=False)
        return "; ".join(f"{'.'.join(str(part) for part in each['loc'])}: {each['msg']}" for each in found[:5])
    return str(error)
