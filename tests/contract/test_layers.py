"""Imports go down only: cli → installer; hypervisor and the modules stand alone."""

import ast
from pathlib import Path

import pytest

from tests.support.repository import ROOT


def imports(path: Path) -> set[str]:
    """Full names of everything a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return found


def below(folder: str) -> list[Path]:
    """Python files below a folder of the checkout."""
    return sorted(ROOT.joinpath(folder).rglob("*.py"))


@pytest.mark.parametrize("path", below("nai/installer"), ids=lambda path: str(path.relative_to(ROOT)))
def test_installer_knows_neither_the_hypervisor_nor_the_cli(path: Path) -> None:
    assert not [name for name in imports(path) if name.startswith(("nai.hypervisor", "nai.cli"))]


@pytest.mark.parametrize("path", below("nai/hypervisor"), ids=lambda path: str(path.relative_to(ROOT)))
def test_hypervisor_stands_alone(path: Path) -> None:
    # It is copied into Nova's own Python on the compute hosts, where nothing else of the package exists.
    assert not [name for name in imports(path) if name.split(".")[0] == "nai" and not name.startswith("nai.hypervisor")]


@pytest.mark.parametrize(
    "path",
    [*below("plugins/modules"), *below("plugins/module_utils")],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_modules_run_on_hosts_without_the_package(path: Path) -> None:
    assert not [name for name in imports(path) if name.split(".")[0] == "nai"]
