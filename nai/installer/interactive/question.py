"""One question, and what identifies its answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from nai.installer.release import Group
from nai.installer.schema import Field


class Part(StrEnum):
    """What an answer becomes; the keys of a preseed file."""

    VARIABLES = "variables"
    """A shared variable."""
    CONNECTION = "connection"
    """A variable by which Ansible reaches the hosts."""
    GROUPS = "groups"
    """Names of a group's hosts."""
    HOST_VARIABLES = "host_variables"
    """A variable of a group's hosts, a value for each."""
    FURTHER = "further"
    """Names of variables that are asked for besides those that always are."""
    TYPED_SECRETS = "typed_secrets"
    """Names of secrets that are typed instead of generated."""
    SECRETS = "secrets"
    """A typed secret."""


class Key(NamedTuple):
    """Identifies a question.

    Attributes:
        part: What its answer becomes.
        name: Variable, secret or group; empty where there is but one question of its part.
        group: Of host variables: the group.
    """

    part: Part
    name: str = ""
    group: str = ""


Answers = Mapping[Key, object]
"""Values by question: a name, number or list as it stands in the inventory (None: left out); a tuple of host names for
a group, a dictionary by host for host variables."""


def names(value: object) -> tuple[str, ...]:
    """An answer that is a list of names; none when there is no such answer."""
    return tuple(map(str, value)) if isinstance(value, list | tuple) else ()


class Kind(StrEnum):
    """How a question is answered."""

    TEXT = "text"
    CHOICE = "choice"
    SEVERAL = "several"
    SECRET = "secret"  # noqa: S105  # the name of a kind


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question.

    Attributes:
        key: What it is about.
        heading: Topic, for a heading above the first question of it.
        text: The question itself.
        help: What the answer is for.
        kind: How it is answered.
        field: What the answer, or each of its elements, has to be.
        default: Answer that is offered; None when there is none.
        choices: All possible answers of the kinds `choice` and `several`.
        hosts: Of host variables: the hosts, in the order of the values.
        group: Of a group's hosts: what the release says about it.
    """

    key: Key
    heading: str
    text: str
    help: str
    field: Field
    kind: Kind = Kind.TEXT
    default: object = None
    choices: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    group: Group | None = None

    @property
    def is_for_each_host(self) -> bool:
        """Whether the answer has a value for each host."""
        return self.key.part is Part.HOST_VARIABLES
