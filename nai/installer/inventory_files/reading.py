"""Opens an inventory again that the installer has written, without losing what a person added to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from nai.installer.checkout import displayed
from nai.installer.inventory_files.draft import ADDRESS_OF_HOST, Draft
from nai.installer.inventory_files.rendering import MARK, hosts_text, main_text

HOSTS = Path("hosts.yml")
MAIN = Path("group_vars") / "all" / "main.yml"


class ForeignInventoryError(Exception):
    """Writing the inventory anew would lose something; the text says what, where, and what to do."""

    def __init__(self, place: str, wrong: str) -> None:
        """Says what cannot be kept."""
        super().__init__(f"{place}: {wrong}; change the inventory by hand, or name a new directory")


def read(directory: Path) -> Draft:
    """What an inventory says; an empty draft when there is none yet.

    Variables that a person added are in the draft; files besides the two are not looked at.

    Raises:
        ForeignInventoryError: It has something that a draft cannot hold: comments, tags, other groups, another format.
    """
    if not directory.exists():
        return Draft()
    if not directory.is_dir():
        raise ForeignInventoryError(displayed(directory), "is a file, not an inventory's directory")
    if not (directory / HOSTS).exists():
        if any(directory.iterdir()):
            raise ForeignInventoryError(displayed(directory), f"has files but no {HOSTS}, so it is not this command's")
        return Draft()
    hosts_file, main_file = directory / HOSTS, directory / MAIN
    tree = _load(hosts_file)
    variables = _load(main_file) if main_file.exists() else {}
    draft = _draft(tree, variables)
    _is_kept(hosts_file, tree, hosts_text(draft))
    if main_file.exists():
        _is_kept(main_file, variables, main_text(draft))
    return draft


def _load(file: Path) -> dict[str, Any]:
    try:
        text = file.read_text(encoding="utf-8")
        content = yaml.safe_load(text)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{displayed(file)}:{mark.line + 1}" if mark else displayed(file)
        problem = getattr(error, "problem", None) or str(error)
        raise ForeignInventoryError(place, f"cannot be read ({' '.join(str(problem).split())})") from error
    if content is None:
        content = {}
    if not isinstance(content, dict):
        raise ForeignInventoryError(displayed(file), "holds no names and values")
    for line, comment in _comments(text):
        if not comment.startswith(MARK):
            raise ForeignInventoryError(
                f"{displayed(file)}:{line}", f"has a comment that would be lost ({comment[:40]})"
            )
    return content


def _comments(text: str) -> Iterator[tuple[int, str]]:
    """Line and text of each comment: what stands between two tokens and is no white space."""
    end = 0
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        start = token.start_mark.index
        between = text[end:start] if start > end else ""
        for offset, line in enumerate(between.splitlines()):
            if "#" in line:
                yield text.count("\n", 0, end) + offset + 1, line[line.index("#") :].strip()
        end = max(end, token.end_mark.index)


def _draft(tree: Mapping[str, Any], variables: Mapping[str, Any]) -> Draft:
    """Takes what has its place in a draft; what has none is missing when it is rendered again."""
    nai = _inside(_inside(_inside(tree, "all"), "children"), "nai")
    groups: dict[str, tuple[str, ...]] = {}
    hosts: dict[str, dict[str, object]] = {}

    def collect(children: Mapping[str, Any]) -> None:
        for name, group in children.items():
            members = _inside(group, "hosts")
            if members:
                groups[str(name)] = tuple(map(str, members))
            for host, own in members.items():
                hosts.setdefault(str(host), {}).update(own if isinstance(own, dict) else {})
            collect(_inside(group, "children"))

    collect(_inside(nai, "children"))
    connection = {name: value for name, value in _inside(nai, "vars").items() if name not in ADDRESS_OF_HOST}
    return Draft(groups, hosts, connection, variables)


def _inside(node: Any, key: str) -> Mapping[str, Any]:
    found = node.get(key) if isinstance(node, dict) else None
    return found if isinstance(found, dict) else {}


def _is_kept(file: Path, content: Any, rendered: str) -> None:
    again = yaml.safe_load(rendered) or {}
    if again != content:
        path = _difference(content, again)
        raise ForeignInventoryError(displayed(file), f"has something at {path} that cannot be kept")


def _difference(one: Any, other: Any, path: str = "") -> str:
    """Path of the first place where two values differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in [*one, *(key for key in other if key not in one)]:
            if key not in one or key not in other or one[key] != other[key]:
                return _difference(one.get(key), other.get(key), f"{path}.{key}" if path else str(key))
    return path or "the top"
