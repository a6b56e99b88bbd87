"""Which key of the original installer becomes what (D3.3, section 4.1.2; spelling as in its variables-example.py)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from nai.installer.inventory_files import Draft
from nai.installer.schema import Field, Schema, Type, schema
from nai.installer.schema.values import nearest, problems

CONTROLLER = "controller1"
"""Name that the original's master gets."""

_NOT_YET = "this installer does not reach that part of the platform"
HINTS = {
    "enabled_logging": "every run keeps a journal in .nai/journal; nothing has to be switched on",
    "auth_url": "follows from the controller's address and the release",
    "tenant_name": "the administrator's project is always admin",
    "private_key": "create the key pair in the cloud: openstack keypair create --public-key FILE NAME",
    "openshift_ip": f"{_NOT_YET}; keep the value",
    "openshift_keystore": f"{_NOT_YET}; keep the file",
    "openshift_domain": f"{_NOT_YET}; keep the value",
    "openshift_token": f"{_NOT_YET}; take a fresh token when it is needed",
    "nubomedia_admin_paas": f"{_NOT_YET}; choose a new password when it is needed",
}
"""Keys without a counterpart that the schema does not name either, and what to do."""

_KEYS = (
    *("username", "password", "iaas_ip", "glance_endpoint", "floating_ip_pool", "use_kurento_on_docker"),
    *("master_ip", "master_user", "master_key", "master_pass"),
    *HINTS,
)
_ADDRESS = Field(name="address", type=Type.IPV4_ADDRESS, help="An address.")
_TEXT = Field(name="text", type=Type.STRING, minimum=1, help="A text.")


@dataclass
class Import:
    """What becomes of a file.

    Attributes:
        draft: The inventory, without what the file does not say.
        secrets: Values for the vault-encrypted file.
        carried: Key and what it became.
        left: Key, and why it was not carried over and what to do.
        wrong: Key and what is wrong with its value; then nothing is written.
    """

    draft: Draft = field(default_factory=Draft)
    secrets: dict[str, str] = field(default_factory=dict)
    carried: list[tuple[str, str]] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)
    wrong: list[tuple[str, str]] = field(default_factory=list)


def inventory_of(values: Mapping[str, object], declared: Schema | None = None) -> Import:
    """Maps what can be mapped, and names the rest.

    Args:
        values: What the file assigns, names in lower case.
        declared: Another schema than the installer's.
    """
    known = declared or schema()
    result = Import()
    connection: dict[str, object] = {}
    variables: dict[str, object] = {}
    host: dict[str, object] = {}
    for key, value in values.items():
        match key:
            case "master_ip":
                _take(result, key, value, _ADDRESS, host, "nai_management_address", f"of {CONTROLLER}")
            case "iaas_ip" if values.get("master_ip") in (None, "", value):
                _take(result, key, value, _ADDRESS, host, "nai_management_address", f"of {CONTROLLER}")
            case "iaas_ip":
                _take(result, key, value, _ADDRESS, variables, "nai_controller_address")
            case "master_user":
                _take(result, key, value, _TEXT, connection, "ansible_user", "of all hosts")
            case "master_key":
                path = value if not isinstance(value, str) or PurePosixPath(value).is_absolute() else f"~/.ssh/{value}"
                _take(result, key, path, _TEXT, connection, "ansible_ssh_private_key_file", "of all hosts")
            case "floating_ip_pool":
                name = "cloud_external_network_name"
                _take(result, key, value, known.variables[name], variables, name)
            case "username" if value == "admin":
                result.carried.append((key, "the administrator is always admin"))
            case "username":
                result.left.append((key, "the administrator is always admin; create other users in the cloud"))
            case "password":
                _password(result, values, known)
            case _:
                result.left.append((key, _hint(key, known)))
    result.draft = Draft(
        groups={"controller": (CONTROLLER,)} if host else {},
        hosts={CONTROLLER: host} if host else {},
        connection=connection,
        variables=variables,
    )
    return result


def _take(
    result: Import, key: str, value: object, kind: Field, place: dict[str, object], name: str, of: str = ""
) -> None:
    if value in (None, ""):
        result.left.append((key, "is empty"))
        return
    found = [f"{problem.wrong}; {problem.action}" for problem in problems(kind, value)]
    result.wrong += [(key, text) for text in found]
    if not found:
        place[name] = value
        result.carried.append((key, " ".join(filter(None, (name, of)))))


def _password(result: Import, values: Mapping[str, object], known: Schema) -> None:
    """The administrator's goes into the vault; it is never shown."""
    name, value = "keystone_admin_password", values["password"]
    if values.get("username", "admin") != "admin":
        result.left.append(("password", "belongs to another user than admin, whose password is generated"))
    elif found := next(problems(known.variables[name], value), None):
        result.left.append(("password", f"{found.wrong} ({found.action}); a new {name} is generated"))
    else:
        result.secrets[name] = str(value)
        result.carried.append(("password", f"{name} in group_vars/all/secrets.yml, encrypted"))


def _hint(key: str, known: Schema) -> str:
    if key in HINTS:
        return HINTS[key]
    if key in known.removed:
        return known.removed[key].hint
    return f"is no key of the original installer{nearest(key, _KEYS)}; correct or delete it"


def lines(result: Import) -> Iterator[str]:
    """What became of each key, for a person; no value is in it."""
    yield from (f"{key} -> {what}" for key, what in result.carried)
    yield from (f"{key} is not carried over: {why}" for key, why in result.left)
