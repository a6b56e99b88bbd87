"""Whether an answer fits its question; whether it fits the other answers is the validation's business."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nai.installer.interactive.connection import arguments_problem
from nai.installer.interactive.question import Answers, Key, Part, Question, names
from nai.installer.interactive.values import NONE, expanded, value_of
from nai.installer.release import Group
from nai.installer.schema import Field
from nai.installer.schema.values import MisfitError, Problem, nearest, problems, shown


def read_answer(question: Question, given: object) -> object:
    """What was typed, or stands in a preseed file, as an answer.

    Raises:
        MisfitError: It cannot be read.
    """
    part = question.key.part
    if part is Part.SECRETS:
        return given
    if part in (Part.GROUPS, Part.FURTHER, Part.TYPED_SECRETS):
        return expanded(given)
    if part is Part.HOST_VARIABLES:
        return _of_hosts(question, given)
    return value_of(question.field, given)


def problems_of(question: Question, value: object, answers: Answers) -> Iterator[str]:
    """What is wrong with an answer, each with what to do.

    Args:
        question: The question.
        value: The answer.
        answers: The answers to the other questions.
    """
    if question.group is not None:
        yield from _group(question, question.group, names(value), answers)
    elif question.key.part in (Part.FURTHER, Part.TYPED_SECRETS):
        yield from _names(question, names(value))
    elif isinstance(value, Mapping) and question.is_for_each_host:
        for host, own in value.items():
            of_host = f"(host {host}) " if len(value) > 1 else ""
            yield from _value(question.field, own, of_host)
    else:
        yield from _value(question.field, value)
        if question.choices and question.key.part is Part.VARIABLES and isinstance(value, str):
            yield from _choice(question, value)
    is_arguments = question.key.name == "ansible_ssh_common_args" and isinstance(value, str)
    if is_arguments and (found := arguments_problem(str(value))):
        yield f"value {shown(value)} {'; '.join(found)}"


def _of_hosts(question: Question, given: object) -> dict[str, object]:
    if isinstance(given, Mapping):
        return {str(host): value for host, value in given.items()}
    single = len(question.hosts) == 1 and isinstance(given, str)
    values = (given.strip(),) if single and isinstance(given, str) else expanded(given)
    if not any(values):
        return dict.fromkeys(question.hosts)
    if len(values) != len(question.hosts):
        raise MisfitError(
            f"has {len(values)} values for {len(question.hosts)} hosts",
            f"write one for each of {', '.join(question.hosts)}; {NONE} for none",
        )
    return {
        host: None if value == NONE else value_of(question.field, value)
        for host, value in zip(question.hosts, values, strict=True)
    }


def _value(field: Field, value: object, of_host: str = "") -> Iterator[str]:
    if value is None:
        if field.required:
            yield f"{of_host}an answer is needed; {_clause(field.help)}"
        return
    if isinstance(value, str) and "{{" in value:
        return  # its value is checked once it is rendered
    for problem in problems(field, value):
        yield of_host + _told("" if field.secret else shown(value), problem)


def _told(value: str, problem: Problem) -> str:
    where = f"{problem.where} " if problem.where else ""
    return f"{f'value {value} ' if value else ''}{where}{problem.wrong}; {problem.action}"


def _choice(question: Question, value: str) -> Iterator[str]:
    if value not in question.choices and not question.field.choices:
        several = "one of " if len(question.choices) > 1 else ""
        near = nearest(value, question.choices)
        yield f"value {shown(value)} is not among the choices; write {several}{', '.join(question.choices)}{near}"


def _names(question: Question, given: tuple[str, ...]) -> Iterator[str]:
    for name in given:
        if name not in question.choices:
            near = nearest(name, question.choices)
            yield f"{shown(name)} is none of them{near}; {_clause(question.help)}"
    yield from _repeated(given)


def _group(question: Question, group: Group, hosts: tuple[str, ...], answers: Answers) -> Iterator[str]:
    if len(hosts) < group.minimum:
        few = "one host" if group.minimum == 1 else f"{group.minimum} hosts"
        yield f"at least {few} is needed; name {group.help}"
    if group.maximum is not None and len(hosts) > group.maximum:
        yield f"{len(hosts)} hosts are too many; the maximum is {group.maximum}"
    for host in hosts:
        for problem in problems(question.field, host):
            yield _told(shown(host), problem)
    yield from _repeated(hosts)
    for other in group.excludes:
        if both := sorted(set(hosts) & set(names(answers.get(Key(Part.GROUPS, other))))):
            yield f"{', '.join(both)} is in group {other} as well; keep it in one of the two"


def _repeated(given: tuple[str, ...]) -> Iterator[str]:
    for name in dict.fromkeys(given):
        if given.count(name) > 1:
            yield f"{name} is named twice; keep one of them"


def _clause(sentence: str) -> str:
    """A sentence as it goes on after a semicolon; an abbreviation at its start stays."""
    first = sentence[:1] if sentence[1:2].isupper() else sentence[:1].lower()
    return f"{first}{sentence[1:].rstrip('.')}"
