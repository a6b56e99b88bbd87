"""What a declared variable consists of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from nai.installer.release import Release, ReleaseError


class Type(StrEnum):
    """The kinds of value; `schema/values.py` says what each accepts."""

    STRING = "string"
    BOOL = "bool"
    INT = "int"
    FLOAT = "float"
    IPV4_ADDRESS = "ipv4_address"
    IPV4_CIDR = "ipv4_cidr"
    PORT = "port"
    HOSTNAME = "hostname"
    PATH = "path"
    URL = "url"
    ENUM = "enum"
    SIZE = "size"
    """Bytes: an integer, or a number with K, M, G or T (powers of 1024)."""
    DURATION = "duration"
    """Seconds: a number, or a number with s, m, h or d."""
    LIST = "list"
    DICT = "dict"
    CONFIG = "config"
    """Sections of an ini file: section -> option -> value."""


class Scope(StrEnum):
    """Where a variable is set."""

    GROUP = "group"
    """Shared by several roles and the same on every host: the inventory's `group_vars/all/`."""
    HOST = "host"
    """Different on each host: the hosts file or `host_vars/`."""
    ROLE = "role"
    """Belongs to one role; may be set for any group or host."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One value: a variable, or one key of a dictionary inside a variable.

    Attributes:
        name: Name of the variable or key.
        type: Kind of value.
        help: What it is for, one or two sentences for a reader who has not seen the code.
        default: Value when it is not set; None means that there is none.
        required: It has to be set (secrets are generated, so they count as set).
        unit: Unit of a number, for people: `MB`, `seconds`.
        minimum: Smallest number allowed, or least length of a list or string.
        maximum: Largest number allowed, or greatest length of a list or string.
        choices: All allowed values.
        pattern: Regular expression that the whole text has to match.
        pattern_hint: The pattern in words; shown instead of it.
        empty_allowed: An empty text is accepted whatever the type says, and means "not set".
        elements: Kind of a list's elements or of a dictionary's values.
        fields: Keys of a dictionary, or of each dictionary in a list.
        secret: Must not be seen by anybody.
    """

    name: str
    type: Type
    help: str
    default: object = None
    required: bool = False
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    pattern: str = ""
    pattern_hint: str = ""
    empty_allowed: bool = False
    elements: Type | None = None
    fields: tuple[Field, ...] = ()
    secret: bool = False

    @property
    def is_computed(self) -> bool:
        """The default is worked out by Ansible from other variables."""
        return isinstance(self.default, str) and "{{" in self.default


@dataclass(frozen=True, kw_only=True)
class Variable(Field):
    """A variable of an inventory.

    Attributes:
        scope: Where it is set.
        role: Name of the role it belongs to, empty for shared and host variables.
        groups: Host variables only: the groups whose hosts have it; empty means all.
        modes: Values of `nai_mode` it applies to; empty means all.
        releases: Values of `nai_release` it applies to; empty means all.
        installers: What installs the releases that it applies to (`installer` in their files); empty means all.
        question: What the interactive mode asks; empty means that it does not ask.
        former_names: Names it had before.
    """

    scope: Scope = Scope.GROUP
    role: str = ""
    groups: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    releases: tuple[str, ...] = ()
    installers: tuple[str, ...] = ()
    question: str = ""
    former_names: tuple[str, ...] = ()

    def applies_to(self, mode: str, release: str) -> bool:
        """Whether the variable has a meaning in this mode and release."""
        return (
            (not self.modes or mode in self.modes)
            and (not self.releases or release in self.releases)
            and (not self.installers or _installer_of(release) in self.installers)
        )


def _installer_of(release: str) -> str:
    try:
        return Release.named(release).installer
    except ReleaseError:
        return ""


@dataclass(frozen=True)
class Removed:
    """A name that has no meaning any more.

    Attributes:
        name: The name.
        hint: What to do instead, a clause.
        wrong: What is wrong with the name, a clause.
    """

    name: str
    hint: str
    wrong: str = "has been removed"


def for_role(role: str, *variables: Variable) -> tuple[Variable, ...]:
    """Gives the variables of one role their scope and role.

    Raises:
        ValueError: A name does not start with the role's name.
    """
    for variable in variables:
        if not variable.name.startswith(f"{role}_"):
            raise ValueError(f"{variable.name}: a variable of role {role} has to start with {role}_")
    return tuple(replace(variable, scope=Scope.ROLE, role=role) for variable in variables)


def installed_by(installer: str, *variables: Variable) -> tuple[Variable, ...]:
    """Gives variables a meaning only with the releases that one installer brings onto the hosts.

    Args:
        installer: `packages` or `packstack`, the `installer` of a release's file.
        variables: The variables.
    """
    return tuple(replace(variable, installers=(installer,)) for variable in variables)


def secret(name: str, text: str, minimum: int = 12) -> Variable:
    """A generated password or shared secret of at least so many characters, safe in URLs and ini files."""
    return Variable(
        name=name,
        type=Type.STRING,
        help=text,
        required=True,
        secret=True,
        minimum=minimum,
        maximum=255,
        pattern=r"[A-Za-z0-9_~.-]+",
        pattern_hint="letters, digits, and _ ~ . - (it stands in URLs and ini files)",
    )


def config_overrides(role: str, program: str) -> Variable:
    """The `<role>_config_overrides` of a role that writes ini files."""
    return Variable(
        name=f"{role}_config_overrides",
        type=Type.CONFIG,
        default={},
        help=f"Options merged over {program}'s own configuration, over everything else: section, option, value.",
    )


def processes(
    role: str, program: str, default_processes: int = 1, default_threads: int = 8
) -> tuple[Variable, Variable]:
    """The `<role>_processes` and `<role>_threads` of an API that runs in uWSGI."""
    return (
        Variable(
            name=f"{role}_processes",
            type=Type.INT,
            default=default_processes,
            minimum=1,
            maximum=128,
            help=f"Processes of {program}.",
        ),
        Variable(
            name=f"{role}_threads",
            type=Type.INT,
            default=default_threads,
            minimum=1,
            maximum=128,
            help=f"Threads in each process of {program}.",
        ),
    )
