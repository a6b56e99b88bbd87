"""The module python_application: versions side by side, on files of this machine."""

import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.nubomedia.nai.plugins.module_utils.application import Application, interpreter
from ansible_collections.nubomedia.nai.plugins.modules import python_application

from nai.installer.packaging import Source
from tests.unit.plugins.conftest import RunModule

DEPENDENCIES = "d" * 12


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dependency, and two versions of a package that uses it."""
    made = tmp_path_factory.mktemp("archives")
    tree = made / "tree" / "greeting"
    tree.mkdir(parents=True)
    (tree / "__init__.py").write_text("WORD = 'hello'\n")
    with tarfile.open(made / "dependencies.tar.gz", "w:gz") as archive:
        archive.add(tree, "greeting")
    for number in ("1", "2", "3"):
        files = {
            "__init__.py": b"",
            "cli.py": f"import greeting\n\n\ndef main():\n    print(greeting.WORD, {number})\n".encode(),
        }
        (made / f"{number}.tar.gz").write_bytes(Source("tool", files).archive())
    return made


def options(dest: Path, archives: Path, number: str) -> dict[str, Any]:
    step = {
        "action": "install",
        "release": number * 12,
        "dependencies": DEPENDENCIES,
        "release_archive": str(archives / f"{number}.tar.gz"),
        "dependencies_archive": str(archives / "dependencies.tar.gz"),
    }
    return {
        "src": "/unused",
        "lock": "/unused",
        "dest": str(dest),
        "program": "tool",
        "entry": "tool.cli:main",
        "step": step,
    }


def test_versions_lie_side_by_side_and_the_link_is_switched(
    tmp_path: Path, archives: Path, run_module: RunModule
) -> None:
    root = tmp_path / "opt"
    first = run_module(python_application, options(root, archives, "1"))
    assert first["changes"] == [f"dependencies {DEPENDENCIES}: installed", f"version {'1' * 12}: installed"]
    program = root / "current" / "bin" / "tool"
    assert subprocess.run([program], capture_output=True, text=True, check=True).stdout == "hello 1\n"
    second = run_module(python_application, options(root, archives, "2"))
    assert second["changes"] == [f"version {'2' * 12}: installed"], "the dependencies were there"
    assert subprocess.run([program], capture_output=True, text=True, check=True).stdout == "hello 2\n"
    third = run_module(python_application, options(root, archives, "3"))
    assert third["changes"][-1] == f"version {'1' * 12}: removed", "the one before the current one stays"
    assert {path.name for path in root.iterdir()} == {"2" * 12, "3" * 12, "current", "dependencies"}


def test_a_damaged_archive_leaves_the_former_version(tmp_path: Path, archives: Path, run_module: RunModule) -> None:
    root = tmp_path / "opt"
    run_module(python_application, options(root, archives, "1"))
    broken = options(root, archives, "2")
    broken["step"]["release_archive"] = str(tmp_path / "broken.tar.gz")
    (tmp_path / "broken.tar.gz").write_bytes((archives / "2.tar.gz").read_bytes()[:40])
    result = run_module(python_application, broken)
    assert "stays the current one" in result["msg"]
    assert Application(root).release == "1" * 12
    assert not list(root.glob(".new-*")), "nothing half-made is left"


def test_what_killed_runs_left_goes(tmp_path: Path, archives: Path, run_module: RunModule) -> None:
    root = tmp_path / "opt"
    for left in (root / ".new-abc", root / "dependencies" / ".new-abc", root / "dependencies" / ("e" * 12)):
        left.mkdir(parents=True)
    run_module(python_application, options(root, archives, "1"))
    assert {path.name for path in root.iterdir()} == {"1" * 12, "current", "dependencies"}
    assert [path.name for path in (root / "dependencies").iterdir()] == [DEPENDENCIES]


def test_it_tells_what_is_there(tmp_path: Path, archives: Path, run_module: RunModule) -> None:
    root = tmp_path / "opt"
    look = options(root, archives, "1") | {"step": {"action": "look"}}
    before = run_module(python_application, look)
    assert (before["release"], before["dependencies"]) == ("", [])
    assert before["interpreter"] == interpreter()
    assert before["interpreter"]["python"] == f"{sys.version_info[0]}.{sys.version_info[1]}"
    run_module(python_application, options(root, archives, "1"))
    after = run_module(python_application, look)
    assert (after["release"], after["dependencies"]) == ("1" * 12, [DEPENDENCIES])


def test_the_module_alone_says_how_it_is_called(run_module: RunModule) -> None:
    given = {"src": "/a", "lock": "/b", "dest": "/c", "program": "d", "entry": "e:f"}
    assert "nubomedia.nai.python_application" in run_module(python_application, given)["msg"]
