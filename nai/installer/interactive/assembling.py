"""Between answers and the draft of an inventory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from nai.installer.interactive import connection
from nai.installer.interactive.question import Answers, Key, Part, Question, names
from nai.installer.interactive.questions import host_values, is_asked
from nai.installer.interactive.values import expanded
from nai.installer.inventory_files import Draft
from nai.installer.schema import Schema, Scope, schema
from nai.installer.schema.values import MisfitError


@dataclass(frozen=True)
class Opened:
    """An inventory that is opened again.

    Attributes:
        answers: What it says, as answers.
        rest: What no question asks for; it is kept.
    """

    answers: Answers
    rest: Draft


def opened(draft: Draft, declared: Schema | None = None) -> Opened:
    """Tells apart what is asked for and what is only kept.

    Args:
        draft: What the inventory says.
        declared: Another schema than the installer's.
    """
    variables = (declared or schema()).variables
    answers: dict[Key, object] = {}
    for name, value in draft.variables.items():
        if name in variables and not variables[name].secret and variables[name].scope is not Scope.HOST:
            answers[Key(Part.VARIABLES, name)] = value
    asked = {field.name for field in connection.FIELDS}
    if "ansible_user" in draft.connection:  # then the others were left out on purpose
        answers |= {Key(Part.CONNECTION, name): draft.connection.get(name) for name in asked}
    answers |= {Key(Part.GROUPS, group): _expanded(hosts) for group, hosts in draft.groups.items()}
    by_host = {name: own for host, own in draft.hosts.items() for name in _expanded((host,))}
    for name in sorted(
        {name for own in by_host.values() for name in own if name in variables and is_asked(variables[name])}
    ):
        answers[Key(Part.HOST_VARIABLES, name)] = {host: own.get(name) for host, own in by_host.items()}
    return Opened(
        answers,
        Draft(
            hosts={
                host: {name: value for name, value in own.items() if Key(Part.HOST_VARIABLES, name) not in answers}
                for host, own in by_host.items()
            },
            connection={
                name: value for name, value in draft.connection.items() if Key(Part.CONNECTION, name) not in answers
            },
            variables={
                name: value for name, value in draft.variables.items() if Key(Part.VARIABLES, name) not in answers
            },
        ),
    )


def draft_of(questions: Iterable[Question], answers: Answers, rest: Draft) -> Draft:
    """The inventory that answers make.

    Args:
        questions: The questions that apply; answers to others are passed over.
        answers: The answers.
        rest: What no question asks for.
    """
    asked = [question.key for question in questions if question.key in answers]

    def taken(part: Part) -> dict[str, object]:
        found = {key.name: answers[key] for key in asked if key.part is part}
        return {name: value for name, value in found.items() if value not in (None, "")}

    groups = {key.name: names(answers[key]) for key in asked if key.part is Part.GROUPS}
    own = {key: answers[key] for key in asked if key.part is Part.HOST_VARIABLES}
    hosts: dict[str, dict[str, object]] = {host: {} for members in groups.values() for host in members}
    for name in dict.fromkeys(key.name for key in own):
        for host, value in host_values(own, name).items():
            if host in hosts and value not in (None, ""):
                hosts[host][name] = value
    for host, kept in rest.hosts.items():
        if host in hosts:
            hosts[host].update(kept)
    return Draft(
        groups={name: members for name, members in groups.items() if members},
        hosts=hosts,
        connection={**taken(Part.CONNECTION), **rest.connection},
        variables={**taken(Part.VARIABLES), **rest.variables},
    )


def _expanded(hosts: Iterable[str]) -> tuple[str, ...]:
    try:
        return expanded(list(hosts))
    except MisfitError:
        return tuple(hosts)
