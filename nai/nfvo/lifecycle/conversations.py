"""Questions to VNFMs that are answered by another message, some time later, or never.

A message may be lost with either side's process: queues die with their readers, and a VNFM acknowledges what it has
merely begun. So a question is asked again when the VNFM registers again and, of VNFMs that recognise a repeated
question, every `resend_seconds`. The process that asks may die too; the operation then asks anew when it is resumed.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nai.catalogue import Action, VnfmOrErrorMessage
from nai.nfvo.lifecycle.errors import AnswerTimeoutError, ManagerError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

    from nai.catalogue import VnfmOrMessage
    from nai.core.clock import Clock
    from nai.nfvo.lifecycle.ports import Postman
    from nai.nfvo.records.service import Function

log = logging.getLogger(__name__)

MAX_SILENT_POLL_SECONDS = 5.0
"""How often sending is tried again while the VNFM cannot be reached."""


@dataclass
class _Question:
    action: Action
    instance: str | None
    answer: asyncio.Future[VnfmOrMessage] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Conversations:
    """The questions that are open, at most one for each function."""

    def __init__(self, postman: Postman, clock: Clock, *, resend_seconds: float, answer_seconds: float) -> None:
        """Use a postman.

        Args:
            postman: carries the messages.
            clock: all waiting is done with it.
            resend_seconds: how long to wait before an idempotent VNFM is asked again.
            answer_seconds: how long to wait for an answer at all.
        """
        self._postman, self._clock = postman, clock
        self._resend_seconds, self._answer_seconds = resend_seconds, answer_seconds
        self._open: dict[str, _Question] = {}

    async def ask(
        self,
        function: Function,
        message: Callable[[], Mapping[str, Any]],
        *,
        answer: Action,
        instance: str | None = None,
        seconds: float | None = None,
    ) -> VnfmOrMessage:
        """Ask the VNFM in charge of a function, and wait for the answer.

        Args:
            function: what it is about.
            message: builds the message; built anew each time, for the record may have changed.
            answer: action of the message that answers.
            instance: id of the instance it is about: an answer about another one is a late one to an older question.
            seconds: how long to wait; None for the configured time.

        Raises:
            ManagerError: it answered with an error.
            UnavailableError: it could not be reached all the time.
            AnswerTimeoutError: it did not answer in time.
        """
        question = _Question(answer, instance)
        self._open[function.id] = question
        deadline = self._clock.monotonic() + (self._answer_seconds if seconds is None else seconds)
        try:
            while True:
                seen = self._postman.appearances(function.endpoint)
                failure = await self._send(function, message)
                remaining = deadline - self._clock.monotonic()
                if remaining <= 0:
                    raise failure or self._late(function, answer, seconds)
                pause = remaining
                if failure is not None:
                    pause = min(pause, MAX_SILENT_POLL_SECONDS)
                elif self._postman.is_idempotent(function.endpoint):
                    pause = min(pause, self._resend_seconds)
                await self._first(
                    question.answer,
                    self._clock.sleep(pause),
                    self._postman.appearance(function.endpoint, seen),
                )
                if question.answer.done():
                    return question.answer.result()
                if failure is None and deadline - self._clock.monotonic() <= 0:
                    raise self._late(function, answer, seconds)
        finally:
            if self._open.get(function.id) is question:
                del self._open[function.id]
            if question.answer.done() and not question.answer.cancelled():
                question.answer.exception()  # Nobody may be left to fetch it.

    async def _send(self, function: Function, message: Callable[[], Mapping[str, Any]]) -> UnavailableError | None:
        try:
            await self._postman.send(function.endpoint, message())
        except UnavailableError as error:
            log.warning("%s: %s", function.name, error)
            return error
        return None

    def _late(self, function: Function, action: Action, seconds: float | None) -> AnswerTimeoutError:
        waited = self._answer_seconds if seconds is None else seconds
        return AnswerTimeoutError(
            f"The VNFM {function.endpoint!r} did not answer {action} of {function.name} within {waited:g} s"
        )

    async def _first(self, answer: asyncio.Future[VnfmOrMessage], *others: Coroutine[Any, Any, None]) -> None:
        tasks = [asyncio.ensure_future(other) for other in others]
        waiting: list[asyncio.Future[Any]] = [answer, *tasks]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            for task in tasks:
                with suppress(asyncio.CancelledError):
                    await task

    def answered(self, function_id: str, message: VnfmOrMessage) -> bool:
        """Take in a message from a VNFM.

        Args:
            function_id: id of the function's record.
            message: what came.

        Returns:
            Whether somebody was waiting for it; a late answer to a question that was answered before is not.
        """
        question = self._open.get(function_id)
        if question is None or question.answer.done():
            return False
        if isinstance(message, VnfmOrErrorMessage):
            refused = getattr(message, "refused", False) is True
            question.answer.set_exception(ManagerError(error_text(message), refused=refused))
            return True
        about = getattr(message, "vnfc_instance", None)
        if message.action is not question.action:
            return False
        if question.instance is not None and about is not None and about.id not in (None, question.instance):
            return False
        question.answer.set_result(message)
        return True

    def failed(self, function_id: str, error: Exception) -> bool:
        """Let the open question about a function fail; return whether there was one."""
        question = self._open.get(function_id)
        if question is None or question.answer.done():
            return False
        question.answer.set_exception(error)
        return True

    def is_waiting(self, function_id: str) -> bool:
        """Tell whether a question about a function is open."""
        return function_id in self._open


def error_text(message: VnfmOrErrorMessage) -> str:
    """Return the reason that a VNFM gives for an error."""
    return (message.exception.text if message.exception else "") or "the VNFM reported an error without a reason"
