"""packstack's answer file: which keys it has in Kilo, its text, and when packstack has to run again."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

WHICH_HOSTS = frozenset({"CONFIG_COMPUTE_HOSTS", "EXCLUDE_SERVERS"})
"""Keys that say on which hosts packstack works, and not what it does there."""


class AnswerError(ValueError):
    """Answers that packstack would not take; the text says which, with a line for each."""


@dataclass(frozen=True)
class UnknownKey:
    """A key that packstack does not have.

    Attributes:
        key: As it was written.
        nearest: The key that looks most like it; empty when none does.
    """

    key: str
    nearest: str

    @property
    def wrong(self) -> str:
        """What is wrong, a clause."""
        return "is no key of packstack's answer file in Kilo"

    @property
    def action(self) -> str:
        """What to do, a clause."""
        return f"write {self.nearest}" if self.nearest else "take it out"

    def __str__(self) -> str:
        """What is wrong and what to do, without the place where it was found."""
        return f"{self.key}: {self.wrong}; {self.action}"


@cache
def known_keys() -> tuple[str, ...]:
    """Every key of an answer file of packstack 2015.1 (Kilo), sorted."""
    text = resources.files("nai.installer.kilo").joinpath("packstack_keys.txt").read_text(encoding="utf-8")
    return tuple(sorted(text.split()))


def unknown_keys(keys: Iterable[str]) -> list[UnknownKey]:
    """Returns the keys that packstack does not have, in the order given.

    Args:
        keys: Keys of an answer file.
    """
    known = known_keys()
    return [
        UnknownKey(str(key), next(iter(difflib.get_close_matches(str(key).upper(), known, n=1, cutoff=0.75)), ""))
        for key in keys
        if key not in known
    ]


def answer_file(answers: Mapping[str, object]) -> str:
    """Returns the text of an answer file, with its keys sorted.

    Args:
        answers: Value by key. A boolean becomes `y` or `n`, a list is joined by commas, None is an empty answer.

    Raises:
        AnswerError: Keys do not exist, or values cannot stand in the file; values are not told, they may be secret.
    """
    problems = [str(unknown) for unknown in unknown_keys(answers)]
    texts = {}
    for key in sorted(answers):
        try:
            texts[key] = _text(answers[key])
        except ValueError as error:
            problems.append(f"{key}: {error}")
    if problems:
        raise AnswerError("\n".join(problems))
    return "".join(["[general]\n", *(f"{key}={text}\n" for key, text in texts.items())])


def fingerprint(answers: Mapping[str, object]) -> str:
    """Returns a digest of what packstack is to do on each of its hosts.

    A further compute host does not change it: the hosts that are finished stay so.

    Args:
        answers: As for `answer_file`.
    """
    parts = [[key, _text(answers[key])] for key in sorted(answers) if key not in WHICH_HOSTS]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "y" if value else "n"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ",".join(_text(item) for item in value)
    if not isinstance(value, str | int | float):
        raise ValueError("is no text, number, boolean or list; write one of them")  # noqa: TRY004  # as the others
    text = str(value)
    if text != text.strip() or "\n" in text:
        raise ValueError("begins or ends with a blank or has more than one line; an answer has one line")
    # packstack's parser takes what follows for a comment.
    if " ;" in text:
        raise ValueError(
            "holds a semicolon after a blank, where packstack's parser begins a comment; write it otherwise"
        )
    return text
