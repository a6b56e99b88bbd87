"""The page docs/reference/variables.md."""

from __future__ import annotations

import json

from nai.installer.reference.specification import bounds_of
from nai.installer.schema import Field, Schema, Scope, Type, Variable

_INTRODUCTION = """# Variables

Written from `nai/installer/schema` by `nai reference --write`.

Set them in an inventory: what is the same everywhere in `group_vars/all/main.yml`, what differs in the hosts file or
`host_vars/`. `nai validate -i INVENTORY` finds every mistake at once. Secrets are generated into
`group_vars/all/secrets.yml`, encrypted by ansible-vault; set one yourself only there.
"""

_KINDS = {
    Type.STRING: "text",
    Type.BOOL: "true or false",
    Type.INT: "whole number",
    Type.FLOAT: "number",
    Type.IPV4_ADDRESS: "IPv4 address",
    Type.IPV4_CIDR: "IPv4 network",
    Type.PORT: "port",
    Type.HOSTNAME: "host name",
    Type.PATH: "path",
    Type.URL: "URL",
    Type.ENUM: "choice",
    Type.SIZE: "size (bytes, or with K, M, G, T)",
    Type.DURATION: "duration (seconds, or with s, m, h, d)",
    Type.LIST: "list",
    Type.DICT: "dictionary",
    Type.CONFIG: "section → option → value",
}


def variables_page(schema: Schema) -> str:
    """Text of the page: shared variables, those of hosts, then those of each role."""
    secrets = [variable for variable in schema.variables.values() if variable.secret]
    sections = [
        ("Shared", "The same on every host.", schema.of_scope(Scope.GROUP)),
        ("Hosts", "Different on each host.", schema.of_scope(Scope.HOST)),
        *(
            (f"Role {role}", "", tuple(variable for variable in schema.of_role(role) if not variable.secret))
            for role in schema.roles
        ),
        ("Secrets", "Generated; 32 characters each.", tuple(secrets)),
    ]
    text = _INTRODUCTION
    for title, remark, variables in sections:
        if variables:
            text += f"\n## {title}\n\n" + (f"{remark}\n\n" if remark else "") + _table(variables)
    if schema.removed:
        text += "\n## Names without a meaning\n\n| Name | Instead |\n|---|---|\n"
        text += "".join(f"| `{removed.name}` | {_cell(removed.hint)} |\n" for removed in schema.removed.values())
    return text


def _table(variables: tuple[Variable, ...]) -> str:
    text = "| Variable | Value | Default | What it is for |\n|---|---|---|---|\n"
    for variable in variables:
        text += f"| `{variable.name}` | {_kind(variable)} | {_default(variable)} | {_purpose(variable)} |\n"
        for part in variable.fields:
            indent = f"{variable.name}[]" if variable.type is Type.LIST else variable.name
            text += f"| `{indent}.{part.name}` | {_kind(part)} | {_default(part)} | {_purpose(part)} |\n"
    return text


def _kind(field: Field) -> str:
    kind = _KINDS[field.type]
    if field.type is Type.LIST and field.elements is not None:
        kind = f"list of: {_KINDS[field.elements]}"
    if field.choices:
        kind = " or ".join(f"`{choice}`" for choice in field.choices)
    details = [detail for detail in (field.unit, bounds_of(field)) if detail]
    return _cell(", ".join([kind, *details]))


def _default(field: Field) -> str:
    if field.secret:
        return "generated"
    if field.default is None:
        return "required" if field.required else "none"
    value = field.default if isinstance(field.default, str) and field.default else json.dumps(field.default)
    return f"`{_cell(str(value))}`"


def _purpose(field: Field) -> str:
    text = field.help
    if isinstance(field, Variable):
        if field.groups:
            text += f" Hosts of: {', '.join(field.groups)}."
        if field.modes:
            text += f" Only with `nai_mode` {' or '.join(field.modes)}."
        if field.releases:
            text += f" Only with `nai_release` {' or '.join(field.releases)}."
        if field.installers:
            text += f" Only with releases installed by {' or '.join(field.installers)}."
    return _cell(text)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
