"""A dialogue without a terminal, whose answers come from a table."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

import pytest

from nai.installer.interactive.assembling import Opened, opened
from nai.installer.interactive.dialogue import Check, Dialogue
from nai.installer.interactive.question import Question
from nai.installer.inventory_files import Draft

ANSWERS: dict[str, Any] = {
    "nai_release": "epoxy",
    "nai_management_cidr": "10.1.0.0/24",
    "nai_tunnel_cidr": "10.2.0.0/24",
    "nai_external_cidr": "10.3.0.0/24",
    "nai_external_gateway": "10.3.0.1",
    "nai_external_pool_start": "10.3.0.100",
    "nai_external_pool_end": "10.3.0.199",
    "ansible_user": "nai",
    "compute": "compute[1:2]",
    "controller/nai_management_address": "10.1.0.10",
    "controller/nai_external_address": "10.3.0.10",
    "compute/nai_management_address": "10.1.0.[21:22]",
    "operations/nai_management_address": "10.1.0.30",
}
"""Answers by question; to all others the default is the answer."""


def label(question: Question) -> str:
    """A question's name in a table of answers."""
    return f"{question.key.group}/{question.key.name}" if question.key.group else question.key.name


def answered(dialogue: Dialogue, answers: Mapping[str, Any]) -> Dialogue:
    """Answers all questions; a default where the table has none."""
    while (question := dialogue.next) is not None:
        given = answers.get(label(question), "" if question.default is None else question.default)
        assert dialogue.answer(question, given) == [], question.key
    return dialogue


def no_check(_draft: Draft, _names: Collection[str]) -> list[str]:
    return []


MakeDialogue = Callable[..., Dialogue]


@pytest.fixture
def make_dialogue() -> MakeDialogue:
    """Makes a dialogue about a new inventory, or one that is opened again."""

    def make(draft: Draft | None = None, check: Check = no_check) -> Dialogue:
        known: Opened = opened(draft or Draft())
        return Dialogue(known, check)

    return make
