"""The two generated files of a role, as text."""

from __future__ import annotations

import textwrap
from typing import Any

import yaml

from nai.installer.reference.roles import Role
from nai.installer.schema import Field, Type, Variable

HEADER = "# Generated from nai/installer/schema by `nai reference --write`; change it there.\n"

_WIDTH = 120

_TYPES = {
    Type.BOOL: "bool",
    Type.INT: "int",
    Type.PORT: "int",
    Type.FLOAT: "float",
    Type.PATH: "path",
    Type.LIST: "list",
    Type.DICT: "dict",
    Type.CONFIG: "dict",
    Type.SIZE: "raw",
    Type.DURATION: "raw",
}
"""Ansible's name of each kind of value; the others are `str`."""


class _Dumper(yaml.SafeDumper):
    """Indents lists below their key, as ansible-lint wants it."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Never without indentation."""
        super().increase_indent(flow, False)


def ansible_type(kind: Type) -> str:
    """Ansible's name of a kind of value."""
    return _TYPES.get(kind, "str")


def described(field: Field) -> str:
    """Help text with the unit, the range and the form of the value."""
    parts = [field.help]
    if field.unit and field.unit.lower() not in field.help.lower():
        parts.append(f"In {field.unit}.")
    if bounds := bounds_of(field):
        parts.append(f"{bounds[:1].upper()}{bounds[1:]}.")
    if field.pattern_hint and not field.secret:
        parts.append(f"Form: {field.pattern_hint}.")
    if isinstance(field.default, str) and field.is_computed:
        inside = field.default.replace("{{ ", "<").replace(" }}", ">")
        parts.append(f"Computed by default: {inside}.")
    return " ".join(parts)


def bounds_of(field: Field) -> str:
    """The range in words; empty when there is none."""
    low, high = (None if value is None else f"{value:g}" for value in (field.minimum, field.maximum))
    if field.minimum is not None and float(field.minimum).is_integer():
        low = str(int(field.minimum))
    if field.maximum is not None and float(field.maximum).is_integer():
        high = str(int(field.maximum))
    of = {Type.STRING: " characters", Type.LIST: " entries"}.get(field.type, "")
    if low and high:
        return f"from {low} to {high}{of}"
    if low:
        return f"at least {low}{of}"
    return f"at most {high}{of}" if high else ""


def argument_specs(role: Role) -> str:
    """Text of `meta/argument_specs.yml`."""
    options = {variable.name: _option(variable) for variable in (*role.own, *role.shared)}
    main: dict[str, Any] = {"short_description": role.description}
    if options:
        main["options"] = options
    return HEADER + _dump({"argument_specs": {"main": main}})


def defaults(role: Role) -> str | None:
    """Text of `defaults/main.yml`; None when the role has no default."""
    own = [variable for variable in role.own if variable.default is not None]
    shared = [variable for variable in role.shared if variable.default is not None]
    if not own and not shared:
        return None
    text = HEADER
    for variable in own:
        text += "\n" + _comment(variable) + _dump({variable.name: variable.default})
    if shared:
        text += "\n# Used here and declared elsewhere, so that the role also runs alone.\n"
        for variable in shared:
            first, _, rest = _dump({variable.name: variable.default}).partition("\n")
            foreign = not variable.name.startswith(f"{role.name}_")
            text += f"{first}{'  # noqa: var-naming[no-role-prefix]' if foreign else ''}\n{rest}"
    return text


def _option(field: Field) -> dict[str, Any]:
    option: dict[str, Any] = {"description": described(field), "type": ansible_type(field.type)}
    if field.elements is not None and field.type is Type.LIST:
        option["elements"] = ansible_type(field.elements)
    if field.required:
        option["required"] = True
    elif field.default is not None and not field.is_computed:
        option["default"] = field.default
    if field.choices:
        option["choices"] = list(field.choices)
    if field.secret:
        option["no_log"] = True
    elif any(word in field.name for word in ("password", "secret", "token")):
        option["no_log"] = False
    if field.fields:
        option["options"] = {part.name: _option(part) for part in field.fields}
    return option


def _comment(variable: Variable) -> str:
    return "".join(f"# {line}\n" for line in textwrap.wrap(described(variable), _WIDTH - 2))


def _dump(value: Any) -> str:
    text = yaml.dump(value, Dumper=_Dumper, sort_keys=False, default_flow_style=False, width=_WIDTH, allow_unicode=True)
    return str(text)
