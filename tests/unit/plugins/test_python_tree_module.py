"""The module python_tree, on files of this machine."""

import os
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleActionFail
from ansible_collections.nubomedia.nai.plugins.action.python_tree import encode, read_tree
from ansible_collections.nubomedia.nai.plugins.module_utils import files, python_trees
from ansible_collections.nubomedia.nai.plugins.modules import python_tree

from .conftest import RunModule


@pytest.fixture(autouse=True)
def own_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files belong to whoever runs the test."""
    monkeypatch.setattr(python_trees, "_FILE", files.Attributes(os.geteuid(), os.getegid(), 0o644))
    monkeypatch.setattr(python_trees, "_DIRECTORY", files.Attributes(os.geteuid(), os.getegid(), 0o755))


def options(trees: dict[Path, dict[str, bytes]]) -> dict[str, Any]:
    """Options as the action hands them over."""
    return {
        "trees": [{"src": "/unused", "dest": str(dest)} for dest in trees],
        "contents": encode({str(dest): wanted for dest, wanted in trees.items()}),
    }


def test_create_change_delete(tmp_path: Path, run_module: RunModule) -> None:
    dest, single = tmp_path / "package", tmp_path / "parent" / "__init__.py"
    first = options({dest: {"__init__.py": b"", "sub/a.py": b"x = 1\n"}, single: {"": b"# shim\n"}})
    second = options({dest: {"__init__.py": b"", "b.sh": b"#!/bin/sh\n"}, single: {"": b"# shim\n"}})
    made = [str(dest / "__init__.py"), str(dest / "sub/a.py"), str(single)]
    changed = [str(dest / "b.sh"), str(dest / "sub/a.py")]
    steps = [(first, True, made), (first, False, made), (first, True, []), (first, False, [])]
    steps += [(second, True, changed), (second, False, changed), (second, False, [])]
    for number, (given, check, expected) in enumerate(steps):
        result = run_module(python_tree, given, check=check)
        assert result["changed_files"] == expected, f"step {number}"
        assert result["changed"] is bool(expected)
    assert sorted(
        str(path.relative_to(dest)) for path in dest.rglob("*") if path.is_file() and path.suffix != ".pyc"
    ) == [
        "__init__.py",
        "b.sh",
    ]
    assert not (dest / "sub").exists()


def test_what_is_new_is_compiled_and_what_is_beside_a_single_file_stays(tmp_path: Path, run_module: RunModule) -> None:
    single = tmp_path / "__init__.py"
    (tmp_path / "others.py").touch()
    run_module(python_tree, options({single: {"": b"x = 1\n"}}))
    assert (tmp_path / "others.py").exists()
    assert list((tmp_path / "__pycache__").glob("__init__.*.pyc"))


def test_an_unchanged_file_keeps_its_time(tmp_path: Path, run_module: RunModule) -> None:
    given = options({tmp_path / "p": {"a.py": b"x = 1\n"}})
    run_module(python_tree, given)
    before = (tmp_path / "p" / "a.py").stat().st_mtime_ns, (tmp_path / "p").stat().st_mtime_ns
    run_module(python_tree, given)
    assert ((tmp_path / "p" / "a.py").stat().st_mtime_ns, (tmp_path / "p").stat().st_mtime_ns) == before


def test_a_source_without_files_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").touch()
    with pytest.raises(AnsibleActionFail, match="missing or empty"):
        read_tree(tmp_path)


def test_the_module_alone_says_how_it_is_called(run_module: RunModule) -> None:
    result = run_module(python_tree, {"trees": [{"src": "/a", "dest": "/b"}]})
    assert "nubomedia.nai.python_tree" in result["msg"]
