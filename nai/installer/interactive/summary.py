"""What was answered, for a last look."""

from __future__ import annotations

from collections.abc import Mapping

from nai.installer.interactive.dialogue import Dialogue
from nai.installer.interactive.question import Part, Question
from nai.installer.interactive.values import text_of
from nai.installer.masking import MASK

_LONGEST = 100


def summary(dialogue: Dialogue) -> str:
    """All answers below their headings; secrets are masked."""
    lines, heading = [], ""
    for question in dialogue.questions:
        if question.heading != heading:
            heading = question.heading
            lines += ["", heading]
        lines.append(f"  {title(question)}: {shown_answer(question, dialogue.answers.get(question.key))}")
    return "\n".join(lines)


def title(question: Question) -> str:
    """A question in few words."""
    key = question.key
    match key.part:
        case Part.GROUPS:
            return f"group {key.name}"
        case Part.HOST_VARIABLES:
            return f"{key.name} ({key.group})"
        case Part.FURTHER:
            return "further variables"
        case Part.TYPED_SECRETS:
            return "typed secrets"
        case _:
            return key.name


def shown_answer(question: Question, value: object) -> str:
    """An answer on one line."""
    if question.key.part is Part.SECRETS:
        return MASK
    if isinstance(value, Mapping) and question.is_for_each_host:
        value = list(value.values()) if any(own is not None for own in value.values()) else None
    none = "none, all are generated" if question.key.part is Part.TYPED_SECRETS else "-"
    text = text_of(value) or none
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
