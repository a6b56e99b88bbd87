"""Which file and line sets which variable: the inventory's YAML files, read with their positions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from nai.installer.inventory import directory_of, expanded_hosts
from nai.installer.validation.finding import EXTRA_VARS, Finding

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_VAULT_HEADER = b"$ANSIBLE_VAULT;"
# The files that Ansible passes over in an inventory directory (INVENTORY_IGNORE_EXTS), and backups of editors.
_IGNORED = (".pyc", ".pyo", ".swp", ".bak", "~", ".rpm", ".md", ".txt", ".rst", ".orig", ".cfg", ".retry")
_YAML = (".yml", ".yaml", ".json")


class _Vaulted:
    """Stands for an encrypted value."""


@dataclass(frozen=True)
class Definition:
    """One place where a variable is set.

    Attributes:
        file: Path of the file, or `extra vars`.
        line: Line of the name, None when it is not known.
        key: Name of the variable.
        value: Value with its templates not rendered; None for an encrypted one.
        level: Rank of the kind of place; a higher one wins (Ansible's order).
        owner: Group or host it is set for; empty for extra vars.
        encrypted: Value or whole file is encrypted by ansible-vault.
    """

    file: str
    line: int | None
    key: str
    value: Any
    level: int
    owner: str
    encrypted: bool = False


# Ansible's order of precedence, lowest first.
INLINE_ALL, INLINE_GROUP, FILE_ALL, FILE_GROUP, INLINE_HOST, FILE_HOST, EXTRA = range(7)


@dataclass
class Definitions:
    """What the files of an inventory set.

    Attributes:
        found: All places, in the order of the files.
        findings: Unreadable files, names set twice, misplaced keys.
        unreadable: Files that are not valid YAML or cannot be decrypted.
        opaque: Inventory sources of another format, whose values have no known line.
        vars_for: Files below group_vars and host_vars with the group or host they are for.
    """

    found: list[Definition] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    opaque: list[str] = field(default_factory=list)
    vars_for: list[tuple[str, str, str]] = field(default_factory=list)


def scan(sources: Sequence[str], extra: Mapping[str, Any], loader: Any) -> Definitions:
    """Reads every file of an inventory.

    Args:
        sources: Absolute paths of its sources.
        extra: Variables given by `-e`.
        loader: Decrypts vault files.
    """
    result = Definitions()
    directories: list[Path] = []
    for source in sources:
        if "," in source:
            continue
        for file in _hosts_files(Path(source)):
            _scan_hosts_file(file, result)
        if (directory := directory_of(source)) not in directories:
            directories.append(directory)
    for directory in directories:
        for kind in ("group_vars", "host_vars"):
            for file, owner in _vars_files(directory / kind):
                result.vars_for.append((kind, str(file), owner))
                level = FILE_HOST if kind == "host_vars" else FILE_ALL if owner == "all" else FILE_GROUP
                _scan_vars_file(file, level, owner, loader, result)
    result.found += [Definition(EXTRA_VARS, None, str(key), value, EXTRA, "") for key, value in extra.items()]
    return result


def line_in_text(file: str, key: str, host: str | None) -> int | None:
    """Line of a file of another format (INI) that sets a key: the host's own if there is one, else the first."""
    try:
        lines = Path(file).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    setting = re.compile(rf"(?<![\w]){re.escape(key)}\s*[=:]")
    found = [(number, line) for number, line in enumerate(lines, 1) if setting.search(line)]
    of_host = [number for number, line in found if host and line.split()[0] == host]
    return next(iter([*of_host, *(number for number, _ in found)]), None)


def _hosts_files(source: Path) -> Iterator[Path]:
    if not source.is_dir():
        yield source
        return
    for path in sorted(source.iterdir()):
        if path.name in ("group_vars", "host_vars") or path.name.startswith(".") or path.name.endswith(_IGNORED):
            continue
        yield from _hosts_files(path)


def _vars_files(directory: Path) -> Iterator[tuple[Path, str]]:
    """Files below group_vars or host_vars in the order in which Ansible reads them, with their owner."""
    if not directory.is_dir():
        return
    for path in sorted(directory.iterdir()):
        if path.name.startswith(".") or path.name.endswith("~"):
            continue
        if path.is_dir():
            for file in sorted(path.rglob("*")):
                hidden = any(part.startswith(".") for part in file.relative_to(path).parts)
                if file.is_file() and not hidden and file.suffix in (*_YAML, ""):
                    yield file, path.name
        elif path.suffix in (*_YAML, ""):
            yield path, path.stem if path.suffix in _YAML else path.name


def _loader_of(text: str) -> Any:
    class Loader(_Base):  # type: ignore[misc]
        """Safe, and knows Ansible's tags."""

    Loader.add_constructor("!vault", lambda _loader, _node: _Vaulted())
    Loader.add_constructor("!vault-encrypted", lambda _loader, _node: _Vaulted())
    Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))
    return Loader(text)


def _compose(file: Path, result: Definitions, text: str) -> tuple[Any, Any] | None:
    """The YAML loader and root node of a file; None when it is empty or cannot be read."""
    try:
        loader = _loader_of(text)
        node = loader.get_single_node()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        begun = getattr(error, "context_mark", None)
        if mark and begun and begun.line != mark.line:
            problem = f"{error.context} of line {begun.line + 1}: {problem}"  # type: ignore[attr-defined]
        result.unreadable.append(str(file))
        result.findings.append(
            Finding(
                str(file),
                mark.line + 1 if mark else None,
                "",
                "",
                f"is not valid YAML: {problem}",
                "check quotes, colons and indentation at and above this line",
            )
        )
        return None
    if node is None:
        return None
    _find_repeated(file, node, result)
    return loader, node


def _find_repeated(file: Path, node: Any, result: Definitions) -> None:
    if isinstance(node, yaml.SequenceNode):
        for element in node.value:
            _find_repeated(file, element, result)
    if not isinstance(node, yaml.MappingNode):
        return
    first: dict[str, int] = {}
    for key, value in node.value:
        name, line = str(key.value), key.start_mark.line + 1
        if name in first and name != "<<":
            result.findings.append(
                Finding(
                    str(file),
                    line,
                    name,
                    "",
                    f"is set a second time (first in line {first[name]})",
                    "delete one of the two",
                )
            )
        first.setdefault(name, line)
        _find_repeated(file, value, result)


def _scan_vars_file(file: Path, level: int, owner: str, loader: Any, result: Definitions) -> None:
    data = _read(file, result)
    if data is None:
        return
    if data.startswith(_VAULT_HEADER):
        _scan_encrypted(file, level, owner, loader, result)
        return
    composed = _compose(file, result, data.decode("utf-8", "replace"))
    if composed is None:
        return
    yaml_loader, node = composed
    if not isinstance(node, yaml.MappingNode):
        result.unreadable.append(str(file))
        result.findings.append(
            Finding(str(file), 1, "", "", "holds no variables", "write name: value lines, without a leading hyphen")
        )
        return
    _take(file, yaml_loader, node, level, owner, result)


def _scan_encrypted(file: Path, level: int, owner: str, loader: Any, result: Definitions) -> None:
    try:
        values = loader.load_from_file(str(file))
    except Exception as error:  # noqa: BLE001  # Ansible raises several unrelated kinds here
        result.unreadable.append(str(file))
        result.findings.append(
            Finding(
                str(file),
                None,
                "",
                "",
                f"cannot be decrypted: {' '.join(str(error).split())}",
                "give the password it was encrypted with (NAI_VAULT_PASSWORD_FILE, --vault-password-file)",
            )
        )
        return
    for key, value in (values or {}).items():
        result.found.append(Definition(str(file), None, str(key), value, level, owner, encrypted=True))


def _read(file: Path, result: Definitions) -> bytes | None:
    try:
        return file.read_bytes()
    except OSError as error:
        result.unreadable.append(str(file))
        result.findings.append(
            Finding(str(file), None, "", "", f"cannot be read: {error.strerror}", "check its owner and mode")
        )
        return None


def _take(file: Path, loader: Any, node: Any, level: int, owner: str, result: Definitions) -> None:
    """Keeps the variables of one mapping."""
    if not isinstance(node, yaml.MappingNode):
        return
    for key, value_node in node.value:
        try:
            value = loader.construct_object(value_node, deep=True)
        except yaml.YAMLError:
            value = None  # a tag that Ansible knows and this reader does not
        result.found.append(
            Definition(
                str(file),
                key.start_mark.line + 1,
                str(key.value),
                None if isinstance(value, _Vaulted) else value,
                level,
                owner,
                encrypted=isinstance(value, _Vaulted),
            )
        )


def _scan_hosts_file(file: Path, result: Definitions) -> None:
    data = _read(file, result)
    if data is None:
        return
    if file.suffix not in _YAML:
        result.opaque.append(str(file))
        return
    composed = _compose(file, result, data.decode("utf-8", "replace"))
    if composed is None:
        return
    loader, node = composed
    if not isinstance(node, yaml.MappingNode):
        result.unreadable.append(str(file))
        result.findings.append(
            Finding(str(file), 1, "", "", "is no hosts file", "start with `all:` and its children and hosts")
        )
        return
    if any(key.value == "plugin" for key, _ in node.value):
        result.opaque.append(str(file))
        return
    for name, group in node.value:
        _scan_group(file, loader, str(name.value), group, result)


def _scan_group(file: Path, loader: Any, name: str, node: Any, result: Definitions) -> None:
    if not isinstance(node, yaml.MappingNode):
        return
    for key, value in node.value:
        line = key.start_mark.line + 1
        if key.value == "vars":
            _take(file, loader, value, INLINE_ALL if name == "all" else INLINE_GROUP, name, result)
        elif key.value == "hosts":
            for pattern, variables in value.value if isinstance(value, yaml.MappingNode) else ():
                for host in expanded_hosts(str(pattern.value)):
                    _take(file, loader, variables, INLINE_HOST, host, result)
        elif key.value == "children":
            for child, group in value.value if isinstance(value, yaml.MappingNode) else ():
                _scan_group(file, loader, str(child.value), group, result)
        else:
            result.findings.append(
                Finding(
                    str(file),
                    line,
                    f"group {name}",
                    "",
                    f"has the key {key.value}, which Ansible passes over",
                    "a group has hosts, children and vars: put variables under vars, groups under children",
                )
            )
