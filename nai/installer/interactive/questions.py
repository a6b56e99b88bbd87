"""Which questions there are: they follow from the schema, the release's data, and the answers so far."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network

from nai.installer.checkout import releases
from nai.installer.interactive.connection import FIELDS, TEXTS
from nai.installer.interactive.question import Answers, Key, Kind, Part, Question, names
from nai.installer.release import Group, Release
from nai.installer.schema import Field, Schema, Scope, Type, Variable, schema

PLATFORM, CONNECTION, HOSTS, FURTHER, SECRETS = (
    "Platform",
    "How the hosts are reached",
    "Hosts",
    "Further variables",
    "Secrets",
)
_RELEASE, _MODE = Key(Part.VARIABLES, "nai_release"), Key(Part.VARIABLES, "nai_mode")
_NAME = Field(name="name", type=Type.HOSTNAME, required=True, help="Name of a host.")


class Questions:
    """All questions, given some answers.

    Attributes:
        known: Answers of the inventory that is opened again; they are offered as defaults.
    """

    def __init__(self, known: Answers, declared: Schema | None = None) -> None:
        """Keeps what is known.

        Args:
            known: See above.
            declared: Another schema than the installer's.
        """
        self.known = known
        self._schema = declared or schema()

    def of(self, answers: Answers) -> Iterator[Question]:
        """The questions in their order; those that depend on an answer that is not there go by its default."""
        yield from self._platform(answers)
        yield from self._connection(answers)
        yield from self._hosts(answers)
        yield from self._further(answers)
        yield from self._secrets(answers)

    def mode_and_release(self, answers: Answers) -> tuple[str, str]:
        """What is installed, as far as it was answered."""
        mode, release = (self._now(answers, key, self._schema.variables[key.name].default) for key in (_MODE, _RELEASE))
        return str(mode), str(release)

    def _now(self, answers: Answers, key: Key, default: object = None) -> object:
        return answers.get(key, self.known.get(key, default))

    def _release(self, answers: Answers) -> Release:
        name = self.mode_and_release(answers)[1]
        return Release.named(name if name in releases() else releases()[0])

    def _applying(self, answers: Answers) -> list[Variable]:
        mode, release = self.mode_and_release(answers)
        return [variable for variable in self._schema.variables.values() if variable.applies_to(mode, release)]

    def _shared(self, answers: Answers) -> list[Variable]:
        """Variables that are always asked; choices first, as other values depend on them."""
        found = [
            variable
            for variable in self._applying(answers)
            if is_asked(variable) and not variable.secret and variable.scope is not Scope.HOST
        ]
        of_roles_last = sorted(found, key=lambda variable: variable.scope is Scope.ROLE)
        return sorted(of_roles_last, key=lambda variable: not (_choices(variable) or variable.type is Type.BOOL))

    def _platform(self, answers: Answers) -> Iterator[Question]:
        for variable in self._shared(answers):
            if len(_choices(variable)) != 1 or variable.name == _RELEASE.name:
                yield self._variable(variable, PLATFORM)

    def _variable(self, variable: Variable, heading: str) -> Question:
        key = Key(Part.VARIABLES, variable.name)
        choices = ("yes", "no") if variable.type is Type.BOOL else _choices(variable)
        default = None if variable.is_computed else variable.default
        return Question(
            key=key,
            heading=heading,
            text=_text(variable),
            help=variable.help,
            field=variable,
            kind=Kind.CHOICE if choices else Kind.TEXT,
            choices=choices,
            default=self.known.get(key, default),
        )

    def _connection(self, answers: Answers) -> Iterator[Question]:
        # packstack logs in to every host as root; Debian's own images have an account `debian`.
        account = "root" if self._release(answers).installer == "packstack" else "debian"
        for field in FIELDS:
            key = Key(Part.CONNECTION, field.name)
            default = account if field.name == "ansible_user" else field.default
            yield Question(
                key=key,
                heading=CONNECTION,
                text=TEXTS[field.name],
                help=field.help,
                field=field,
                default=self.known.get(key, default),
            )

    def _hosts(self, answers: Answers) -> Iterator[Question]:
        groups = self._release(answers).groups
        for group in groups:
            yield self._group(group)
        asked: dict[str, set[str]] = {}
        for group in groups:
            members = names(self._now(answers, Key(Part.GROUPS, group.name)))
            for variable in self._applying(answers):
                if variable.scope is not Scope.HOST or not is_asked(variable) or not _has(group, variable):
                    continue
                # A host of several groups is asked about once.
                done = asked.setdefault(variable.name, set())
                hosts = tuple(host for host in members if host not in done)
                done.update(hosts)
                if hosts:
                    yield self._host_variable(answers, group, variable, hosts)

    def _group(self, group: Group) -> Question:
        key = Key(Part.GROUPS, group.name)
        many = "Host" if group.maximum == 1 else "Hosts"
        empty = "" if group.minimum else " (empty: none)"
        return Question(
            key=key,
            heading=HOSTS,
            text=f"{many} of group {group.name}{empty}?",
            help=f"{group.help[:1].upper()}{group.help[1:].rstrip('.')}. Names with blanks between them; node[01:25] is"
            " 25 of them.",
            field=_NAME,
            default=self.known.get(key, (f"{group.name}1",) if group.minimum else ()),
            group=group,
        )

    def _host_variable(self, answers: Answers, group: Group, variable: Variable, hosts: tuple[str, ...]) -> Question:
        key = Key(Part.HOST_VARIABLES, variable.name, group.name)
        known = host_values(self.known, variable.name)
        default = {host: known[host] if host in known else self._suggestion(answers, variable, host) for host in hosts}
        many = (
            f"One for each of {hosts[0]} … {hosts[-1]} ({len(hosts)}); 10.0.0.[21:45] is 25 of them."
            if hosts[1:]
            else ""
        )
        return Question(
            key=key,
            heading=HOSTS,
            text=f"{hosts[0] if not hosts[1:] else f'{hosts[0]} … {hosts[-1]}'}: {_text(variable)}",
            help=f"{variable.help} {many}".strip(),
            field=variable,
            default=default,
            hosts=hosts,
        )

    def _suggestion(self, answers: Answers, variable: Variable, host: str) -> object:
        """For an address in another network: the one with the same place in it as the management address."""
        if not variable.required or variable.name == "nai_management_address":
            return None
        address = host_values(answers, "nai_management_address").get(host)
        here, there = (
            answers.get(Key(Part.VARIABLES, name))
            for name in ("nai_management_cidr", variable.name.replace("_address", "_cidr"))
        )
        try:
            network, other = IPv4Network(str(here)), IPv4Network(str(there))
            found = other.network_address + (int(IPv4Address(str(address))) - int(network.network_address))
        except ValueError:
            return None
        return str(found) if found in other else None

    def _further(self, answers: Answers) -> Iterator[Question]:
        asked = {variable.name for variable in self._shared(answers)}
        possible = {
            variable.name: variable
            for variable in self._applying(answers)
            if variable.name not in asked and not variable.secret and variable.scope is not Scope.HOST
        }
        known = tuple(key.name for key in self.known if key.part is Part.VARIABLES and key.name in possible)
        yield Question(
            key=Key(Part.FURTHER),
            heading=FURTHER,
            text="Names of further variables to set (empty: none)?",
            help="Every other variable keeps its default; docs/reference/variables.md lists them.",
            field=Field(name="name", type=Type.STRING, help="Name of a variable."),
            choices=tuple(possible),
            default=known,
        )
        for name in names(self._now(answers, Key(Part.FURTHER), known)):
            if name in possible:
                yield self._variable(possible[name], FURTHER)

    def _secrets(self, answers: Answers) -> Iterator[Question]:
        secrets = {variable.name: variable for variable in self._applying(answers) if variable.secret}
        yield Question(
            key=Key(Part.TYPED_SECRETS),
            heading=SECRETS,
            text="Which secrets do you type in? All others are generated, or stay as they are.",
            help="They go into the vault-encrypted file of the inventory and nowhere else.",
            field=Field(name="name", type=Type.STRING, help="Name of a secret."),
            kind=Kind.SEVERAL,
            choices=tuple(secrets),
            default=(),
        )
        for name in names(answers.get(Key(Part.TYPED_SECRETS))):
            if name in secrets:
                yield Question(
                    key=Key(Part.SECRETS, name),
                    heading=SECRETS,
                    text=f"{name}?",
                    help=secrets[name].help,
                    field=secrets[name],
                    kind=Kind.SECRET,
                )


def host_values(answers: Answers, variable: str) -> dict[str, object]:
    """The values of a host variable by host, over all groups."""
    found: dict[str, object] = {}
    for key, values in answers.items():
        if key.part is Part.HOST_VARIABLES and key.name == variable and isinstance(values, Mapping):
            found.update(values)
    return found


def is_asked(variable: Variable) -> bool:
    """Whether there always is a question for a variable: an inventory without one that is required cannot be used."""
    return bool(variable.question) or variable.required


def _text(variable: Variable) -> str:
    return variable.question or f"{variable.name}{f' ({variable.unit})' if variable.unit else ''}?"


def _choices(variable: Variable) -> tuple[str, ...]:
    return releases() if variable.name == _RELEASE.name else variable.choices


def _has(group: Group, variable: Variable) -> bool:
    return not variable.groups or bool({"nai", group.name, *group.parents} & set(variable.groups))
