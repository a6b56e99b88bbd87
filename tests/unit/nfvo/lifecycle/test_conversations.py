"""Questions to VNFMs: when they are asked again, and which answers count."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
import pytest_asyncio

from nai.catalogue import Action, VirtualNetworkFunctionRecord, VnfmOrMessage, parse_vnfm_or
from nai.core.clock import ManualClock
from nai.nfvo.lifecycle.conversations import Conversations
from nai.nfvo.lifecycle.errors import AnswerTimeoutError, ManagerError, UnavailableError
from nai.nfvo.records.service import Function, Inner


class FakePostman:
    """Counts what is sent."""

    def __init__(self) -> None:
        self.sent: list[Mapping[str, Any]] = []
        self.idempotent = True
        self.away = False
        self.seen = 1
        self.appeared = asyncio.Event()

    async def send(self, endpoint: str, message: Mapping[str, Any]) -> None:
        if self.away:
            raise UnavailableError(f"{endpoint} is away")
        self.sent.append(message)

    def is_idempotent(self, endpoint: str) -> bool:
        return self.idempotent

    def appearances(self, endpoint: str) -> int:
        return self.seen

    async def appearance(self, endpoint: str, seen: int) -> None:
        while self.seen <= seen:
            await self.appeared.wait()

    def appear(self) -> None:
        self.seen += 1
        appeared, self.appeared = self.appeared, asyncio.Event()
        appeared.set()


class Talk:
    """One open question."""

    def __init__(self) -> None:
        self.postman, self.clock = FakePostman(), ManualClock()
        self.conversations = Conversations(self.postman, self.clock, resend_seconds=60, answer_seconds=600)
        self.function = Function(
            VirtualNetworkFunctionRecord(id="f", name="media", endpoint="test"), Inner(descriptor={})
        )
        self.task: asyncio.Task[VnfmOrMessage] | None = None

    async def ask(self, action: Action = Action.START, *, instance: str | None = None) -> None:
        self.task = asyncio.ensure_future(
            self.conversations.ask(self.function, lambda: {"action": action}, answer=action, instance=instance)
        )
        await self.clock.advance(0)

    def told(self, action: str, **more: Any) -> bool:
        document = {"action": action, "virtualNetworkFunctionRecord": {"id": "f"}, **more}
        return self.conversations.answered("f", parse_vnfm_or(document))

    async def result(self) -> VnfmOrMessage:
        assert self.task is not None
        return await asyncio.wait_for(self.task, 5)


@pytest_asyncio.fixture
async def talk() -> AsyncIterator[Talk]:
    talk = Talk()
    yield talk
    if talk.task is not None:
        talk.task.cancel()
        await asyncio.gather(talk.task, return_exceptions=True)


async def test_the_answer_ends_the_question(talk: Talk) -> None:
    await talk.ask()
    assert talk.told("START")
    assert (await talk.result()).action is Action.START
    assert not talk.conversations.is_waiting("f")
    assert not talk.told("START")  # the answer to a repeated question comes too late


async def test_an_idempotent_vnfm_is_asked_every_minute(talk: Talk) -> None:
    await talk.ask()
    await talk.clock.advance(59)
    assert len(talk.postman.sent) == 1
    await talk.clock.advance(121)
    assert len(talk.postman.sent) == 4


async def test_any_other_is_asked_again_only_when_it_registers_again(talk: Talk) -> None:
    talk.postman.idempotent = False
    await talk.ask()
    await talk.clock.advance(599)
    assert len(talk.postman.sent) == 1
    talk.postman.appear()
    await talk.clock.advance(0)
    assert len(talk.postman.sent) == 2


async def test_silence_is_an_error_in_the_end(talk: Talk) -> None:
    await talk.ask()
    await talk.clock.advance(600)
    with pytest.raises(AnswerTimeoutError, match="'test' did not answer START of media within 600 s"):
        await talk.result()


async def test_who_cannot_be_reached_is_waited_for(talk: Talk) -> None:
    talk.postman.away = True
    await talk.ask()
    await talk.clock.advance(30)
    assert talk.postman.sent == []
    talk.postman.away = False
    await talk.clock.advance(5)
    assert len(talk.postman.sent) == 1
    assert talk.told("START")
    await talk.result()


async def test_who_stays_away_is_named(talk: Talk) -> None:
    talk.postman.away = True
    await talk.ask()
    await talk.clock.advance(601)
    with pytest.raises(UnavailableError, match="test is away"):
        await talk.result()


async def test_an_error_is_raised_with_its_reason(talk: Talk) -> None:
    await talk.ask()
    assert talk.told("ERROR", exception={"detailMessage": "outer", "cause": {"detailMessage": "inner"}})
    with pytest.raises(ManagerError, match="outer: inner"):
        await talk.result()


async def test_an_error_without_a_reason_says_that(talk: Talk) -> None:
    await talk.ask()
    assert talk.told("ERROR")
    with pytest.raises(ManagerError, match="without a reason"):
        await talk.result()


async def test_answers_to_other_questions_do_not_count(talk: Talk) -> None:
    await talk.ask(instance="i")
    assert not talk.told("STOP")
    assert not talk.told("START", vnfcInstance={"id": "another"})
    assert not talk.conversations.answered("g", parse_vnfm_or({"action": "START"}))
    assert talk.told("START", vnfcInstance={"id": "i"})
    await talk.result()


async def test_the_python_sdk_names_no_instance_in_its_answer(talk: Talk) -> None:
    await talk.ask(instance="i")
    assert talk.told("START", vnfcInstance=None)
    await talk.result()


async def test_a_question_that_is_given_up_leaves_nothing(talk: Talk) -> None:
    await talk.ask()
    assert talk.task is not None
    talk.task.cancel()
    await asyncio.gather(talk.task, return_exceptions=True)
    assert not talk.conversations.is_waiting("f")
