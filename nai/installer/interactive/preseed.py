"""A file of answers: the same answers make the same inventory, byte for byte, secrets excepted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from ansible.errors import AnsibleError

from nai.installer.checkout import displayed
from nai.installer.interactive.dialogue import Dialogue
from nai.installer.interactive.question import Key, Part, Question, names
from nai.installer.interactive.values import text_of
from nai.installer.schema.values import nearest
from nai.installer.secrets import Vault

_VAULT_HEADER = b"$ANSIBLE_VAULT;"
_PARTS = (Part.VARIABLES, Part.CONNECTION, Part.GROUPS, Part.HOST_VARIABLES, Part.SECRETS)
_HEADER = "# Answers for `nai configure DIRECTORY --preseed THIS-FILE`; docs/configure.md describes them.\n"


class PreseedError(Exception):
    """A file of answers cannot be used; the text says why, one line for each thing that is wrong."""


def read(path: Path, vault: Vault) -> dict[Key, object]:
    """Answers by question.

    Args:
        path: YAML: `variables`, `connection`, `secrets` (name: value), `groups` (name: hosts) and `host_variables`
            (group: variable: a value for each host). May be encrypted by ansible-vault.
        vault: Decrypts it.

    Raises:
        PreseedError: It cannot be read, has unknown keys, or has secrets that others can read.
    """
    content, encrypted = _load(path, vault)
    problems = list(_form(path, content))
    if content.get(Part.SECRETS) and not encrypted and path.stat().st_mode & 0o077:
        problems.append(
            f"{displayed(path)}: secrets: can be read by others; run `chmod 600` or `ansible-vault encrypt` on it"
        )
    if problems:
        raise PreseedError("\n".join(problems))
    answers: dict[Key, object] = {}
    for part in _PARTS:
        for name, value in (content.get(part) or {}).items():
            if part is Part.HOST_VARIABLES:
                answers |= {Key(part, str(variable), name): values for variable, values in value.items()}
            else:
                answers[Key(part, str(name))] = value
    answers[Key(Part.TYPED_SECRETS)] = list(content.get(Part.SECRETS) or ())
    return answers


def follow(dialogue: Dialogue, given: Mapping[Key, object], path: Path) -> None:
    """Answers every question: from the file, or else by its default.

    Raises:
        PreseedError: Some answers do not fit, are missing, or belong to no question.
    """
    problems: list[str] = []
    while (question := dialogue.next) is not None:
        answer = given.get(question.key, _default(question, given))
        if isinstance(answer, bool | int | float) and question.key.part is not Part.VARIABLES:
            answer = str(answer)
        found = dialogue.answer(question, answer)
        if found:
            where = f"{displayed(path)}: " + ".".join(filter(None, _path(question.key)))
            problems += [f"{where}: {problem}" for problem in found]
            dialogue.pass_over(question)
    problems += _unused(dialogue, given, path)
    if problems:
        raise PreseedError("\n".join(problems))


def text(dialogue: Dialogue) -> str:
    """The answers of a dialogue as such a file, without secrets."""
    content: dict[str, Any] = {}
    for question in dialogue.questions:
        key = question.key
        if key not in dialogue.answers or key.part in (Part.SECRETS, Part.TYPED_SECRETS, Part.FURTHER):
            continue
        value = dialogue.answers[key]
        if key.part is Part.GROUPS:
            value = list(value) if isinstance(value, tuple) else value
        if isinstance(value, Mapping) and question.is_for_each_host:
            value = text_of(list(value.values())) if any(own is not None for own in value.values()) else ""
        place = content.setdefault(str(key.part), {})
        (place.setdefault(key.group, {}) if key.group else place)[key.name] = "" if value is None else value
    return _HEADER + yaml.safe_dump(content, sort_keys=False, default_flow_style=False, allow_unicode=True, width=120)


def _load(path: Path, vault: Vault) -> tuple[dict[str, Any], bool]:
    try:
        data = path.read_bytes()
        encrypted = data.startswith(_VAULT_HEADER)
        content = yaml.safe_load(vault.decrypt(data) if encrypted else data)
    except OSError as error:
        raise PreseedError(f"{displayed(path)}: cannot be read ({error.strerror}); name a file of answers") from error
    except AnsibleError as error:
        raise PreseedError(
            f"{displayed(path)}: the vault password does not fit; give the one it was encrypted with"
        ) from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        # The parser's own message quotes the text around the error, which may be secret.
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise PreseedError(
            f"{displayed(path)}{line}: is not valid YAML; check quotes, colons and indentation"
        ) from None
    if not isinstance(content, dict):
        raise PreseedError(f"{displayed(path)}: holds no answers; write {', '.join(_PARTS)} and what is below them")
    return content, encrypted


def _form(path: Path, content: Mapping[str, Any]) -> Iterator[str]:
    for name, inside in content.items():
        if name not in list(_PARTS):
            near = nearest(str(name), _PARTS)
            yield f"{displayed(path)}: {name}: is an unknown key{near}; there are {', '.join(_PARTS)}"
        elif inside is not None and not isinstance(inside, dict):
            yield f"{displayed(path)}: {name}: has no names below it; write name: value lines, indented"
        elif name == Part.HOST_VARIABLES:
            for group, variables in (inside or {}).items():
                if not isinstance(variables, dict):
                    yield f"{displayed(path)}: {name}.{group}: has no variables below it; write variable: values lines"


def _default(question: Question, given: Mapping[Key, object]) -> object:
    if question.key.part is Part.FURTHER:
        named = [key.name for key in given if key.part is Part.VARIABLES and key.name in question.choices]
        return list(dict.fromkeys([*names(question.default), *named]))
    return "" if question.default is None else question.default


def _unused(dialogue: Dialogue, given: Mapping[Key, object], path: Path) -> Iterator[str]:
    asked = {question.key for question in dialogue.questions}
    for key in given:
        if key not in asked:
            near = nearest(key.name, {other.name for other in asked if other.part is key.part and other.name})
            where = ".".join(filter(None, _path(key)))
            yield f"{displayed(path)}: {where}: is not asked for{near}; correct or delete it"


def _path(key: Key) -> tuple[str, str, str]:
    return str(key.part), key.group, key.name
