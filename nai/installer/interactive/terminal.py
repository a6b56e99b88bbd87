"""Asks a person at the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import questionary
from questionary import Choice

from nai.installer.interactive.question import Kind, Question, names
from nai.installer.interactive.values import text_of

BACK = "<"
"""Typed instead of an answer: asks the question before once more."""

_BACK_CHOICE = "(back)"
_INTRODUCTION = f"""\
Enter takes the answer that stands there, Ctrl-U deletes it, {BACK} goes back by one question. Nothing is written before
the summary at the end; Ctrl-C leaves everything as it is."""


class NoTerminalError(Exception):
    """There is nobody to ask; the text says what to do."""

    def __init__(self) -> None:
        """Says what to do."""
        super().__init__(
            "there is no terminal to ask at: run it at one, or name a file of answers:"
            " nai configure DIRECTORY --preseed FILE"
        )


class Back(Exception):  # noqa: N818  # no error: an answer
    """The question before shall be asked again."""


class Terminal:
    """The terminal that the program was started at."""

    def __init__(self) -> None:
        """Takes it.

        Raises:
            NoTerminalError: Standard input or output is none.
        """
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise NoTerminalError
        self._heading = ""

    def introduce(self, directory: Path) -> None:
        """Says what is going to happen."""
        self.say(f"An inventory in {directory}.\n{_INTRODUCTION}")

    def say(self, text: str) -> None:
        """Shows some lines."""
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()

    def complain(self, problems: Iterable[str]) -> None:
        """Shows what is wrong."""
        self.say("\n".join(f"  ! {problem}" for problem in problems))

    def directory(self, default: str) -> str:
        """Asks for the inventory's directory."""
        return self._text("Directory of the inventory?", default).strip() or default

    def ask(self, question: Question, typed: str | None = None) -> object:
        """Asks a question.

        Args:
            question: The question.
            typed: What was typed before and did not fit, to be corrected.

        Returns:
            The text, or a list of names for the kind `several`.

        Raises:
            Back: The question before shall be asked again.
            KeyboardInterrupt: Ctrl-C, or the end of the input.
        """
        if question.heading != self._heading:
            self._heading = question.heading
            self.say(f"\n{question.heading}\n{'-' * len(question.heading)}")
        if typed is None:
            self.say(f"\n  {question.help}{_limits(question)}")
        match question.kind:
            case Kind.SECRET:
                return self._secret(question)
            case Kind.CHOICE:
                return self._choice(question)
            case Kind.SEVERAL:
                chosen = names(question.default)
                choices = [Choice(name, checked=name in chosen) for name in question.choices]
                return self._done(questionary.checkbox(question.text, choices))
            case Kind.TEXT:
                answer = self._text(question.text, shown_default(question) if typed is None else typed)
                if answer.strip() == BACK:
                    raise Back
                return answer

    def choose(self, text: str, choices: Sequence[tuple[str, str]]) -> str:
        """Asks for one of several things.

        Args:
            text: The question.
            choices: What is returned, and what is shown.
        """
        return str(self._done(questionary.select(text, [Choice(title, value=value) for value, title in choices])))

    def _text(self, text: str, default: str) -> str:
        return str(self._done(questionary.text(text, default=default)))

    def _choice(self, question: Question) -> str:
        default = text_of(question.default)
        offered = default if default in question.choices else question.choices[0]
        answer = str(self._done(questionary.select(question.text, [*question.choices, _BACK_CHOICE], default=offered)))
        if answer == _BACK_CHOICE:
            raise Back
        return answer

    def _secret(self, question: Question) -> str:
        while True:
            one, other = (
                str(self._done(questionary.password(text))) for text in (question.text, f"{question.text} Once more:")
            )
            if one == other:
                return one
            self.complain(["the two are not the same; type it twice"])

    def _done(self, prompt: questionary.Question) -> object:
        try:
            return prompt.unsafe_ask()
        except EOFError:
            raise KeyboardInterrupt from None


def shown_default(question: Question) -> str:
    """The answer that is offered, as it would be typed."""
    if question.is_for_each_host and isinstance(question.default, dict):
        values = list(question.default.values())
        return "" if all(value is None for value in values) else text_of(values)
    return text_of(question.default)


def _limits(question: Question) -> str:
    hint = question.field.pattern_hint
    return f" Allowed: {hint}." if hint and not question.choices else ""
