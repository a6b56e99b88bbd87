"""Every plugin documents itself, and what is generated from the schema is current."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.support.repository import ROOT

MODULES = sorted(path for path in ROOT.glob("plugins/modules/*.py") if path.stem != "__init__")


def constants(path: Path) -> dict[str, str]:
    """String constants that a module assigns at its top level."""
    return {
        node.targets[0].id: node.value.value
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    }


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_module_has_documentation_examples_and_return_values(path: Path) -> None:
    texts = constants(path)
    documentation = yaml.safe_load(texts["DOCUMENTATION"])
    assert documentation["module"] == path.stem
    assert documentation["short_description"]
    examples = yaml.safe_load(texts["EXAMPLES"])
    assert any(f"nubomedia.nai.{path.stem}" in example for example in examples), "examples use the full name"
    assert isinstance(yaml.safe_load(texts["RETURN"]), dict)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_module_says_how_it_behaves_in_check_mode(path: Path) -> None:
    attributes = yaml.safe_load(constants(path)["DOCUMENTATION"])["attributes"]
    assert attributes["check_mode"]["support"] == "full"
    assert "diff_mode" in attributes


def test_the_generated_files_are_current() -> None:
    nai = Path(sys.executable).parent / "nai"
    done = subprocess.run([nai, "reference", "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_readme_names_only_files_that_exist() -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", (ROOT / "README.md").read_text()):
        if not link.startswith(("http://", "https://")):
            assert (ROOT / link).exists(), f"README.md: {link} does not exist"
