"""The order of a dialogue: what is asked next, and whether an answer is taken. Knows no terminal and no file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace

from nai.installer.interactive.answer_checks import problems_of, read_answer
from nai.installer.interactive.assembling import Opened, draft_of
from nai.installer.interactive.question import Key, Part, Question
from nai.installer.interactive.questions import Questions, host_values
from nai.installer.inventory_files import Draft
from nai.installer.schema import Schema, schema
from nai.installer.schema.values import MisfitError, shown

Check = Callable[[Draft, Collection[str]], Iterable[str]]
"""Says what is wrong with the named variables of an incomplete inventory."""


class Dialogue:
    """Questions and the answers to them.

    Attributes:
        answers: Answers that were taken.
    """

    def __init__(self, known: Opened, check: Check, declared: Schema | None = None) -> None:
        """Begins with the first question.

        Args:
            known: The inventory that is opened again, or an empty one.
            check: Called with each new answer among the others.
            declared: Another schema than the installer's.
        """
        self._known = dict(known.answers)
        self._rest = known.rest
        self._questions = Questions(self._known, declared)
        self._declared = declared or schema()
        self._check = check
        self.answers: dict[Key, object] = {}
        self._passed_over: set[Key] = set()

    @property
    def questions(self) -> list[Question]:
        """All questions, as far as the answers tell which there are."""
        return list(self._questions.of(self.answers))

    @property
    def next(self) -> Question | None:
        """The first question without an answer; None when all have one."""
        for question in self.questions:
            value = self.answers.get(question.key)
            if question.is_for_each_host and isinstance(value, Mapping) and set(value) != set(question.hosts):
                self.ask_again([question.key])  # its group has other hosts now
        answered = self.answers.keys() | self._passed_over
        return next((question for question in self.questions if question.key not in answered), None)

    @property
    def draft(self) -> Draft:
        """The inventory that the answers make."""
        return draft_of(self.questions, self.answers, self._rest)

    @property
    def secrets(self) -> dict[str, str]:
        """Typed secrets by name."""
        asked = [question.key for question in self.questions if question.key.part is Part.SECRETS]
        return {key.name: str(self.answers[key]) for key in asked if key in self.answers}

    @property
    def variables_answered(self) -> set[str]:
        """Names of the variables that have an answer."""
        asked = {question.key for question in self.questions}
        return {key.name for key in self.answers if key in asked and key.part in (Part.VARIABLES, Part.HOST_VARIABLES)}

    def answer(self, question: Question, given: object) -> list[str]:
        """Takes an answer, if it fits.

        Args:
            question: One of `questions`.
            given: What was typed, or the value from a preseed file.

        Returns:
            What is wrong with it; nothing when it was taken.
        """
        try:
            value = read_answer(question, given)
        except MisfitError as misfit:
            what = "" if question.field.secret else f"value {shown(given)} "
            return [f"{what}{misfit.wrong}; {misfit.action}"]
        if found := list(problems_of(question, value, self.answers)):
            return found
        before = dict(self.answers)
        self.answers[question.key] = value
        if question.key.part in (Part.VARIABLES, Part.HOST_VARIABLES, Part.GROUPS):
            found = list(dict.fromkeys(self._check(self._for_check(), self.variables_answered)))
        if found:
            self.answers = before
        return found

    def pass_over(self, question: Question) -> None:
        """Goes on without an answer: what depends on it is asked by its default."""
        self._passed_over.add(question.key)

    def back(self) -> None:
        """Asks the question before the next one once more; its answer is offered."""
        answered = [question for question in self.questions if question.key in self.answers]
        following = self.next
        if following is not None:
            keys = [question.key for question in self.questions]
            answered = [question for question in answered if keys.index(question.key) < keys.index(following.key)]
        if answered:
            self.ask_again([answered[-1].key])

    def ask_again(self, keys: Iterable[Key]) -> None:
        """Asks some questions once more; their answers are offered."""
        for key in keys:
            if key in self.answers:
                value = self.answers.pop(key)
                self._known[self._place(key)] = self._merged(key, value)

    def about(self, names: Collection[str]) -> list[Key]:
        """The questions that ask for variables; `group x` stands for the question for its hosts."""
        return [
            question.key
            for question in self.questions
            if (f"group {question.key.name}" if question.group else question.key.name) in names
        ]

    def _place(self, key: Key) -> Key:
        """Where the value is known: host variables are, whatever group the host is in."""
        return key._replace(group="")

    def _merged(self, key: Key, value: object) -> object:
        if key.part is not Part.HOST_VARIABLES or not isinstance(value, Mapping):
            return value
        return {**host_values(self._known, key.name), **value}

    def _for_check(self) -> Draft:
        """The inventory so far; checks of networks need a host, so one stands in as long as there is none."""
        draft = self.draft
        if draft.groups:
            return draft
        release = draft.release
        name = release.groups[0].name if release else "controller"
        return replace(draft, groups={name: ("host1",)}, hosts={"host1": {}})
