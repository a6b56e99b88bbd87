"""The documentation's generated pages."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from tests.support.repository import ROOT

MODULE = '''
DOCUMENTATION = """
module: example
short_description: Does something
description: ["Sets C(a) as in M(other.name), see O(path)."]
options:
  path: {description: Where to., type: path, required: true}
  state: {description: What to be., choices: [present, absent], default: present}
  parts:
    description: Pieces | of it.
    type: list
    elements: dict
    suboptions:
      name: {description: Its name., type: str}
"""
EXAMPLES = "- nubomedia.nai.example: {path: /x}"
RETURN = "changed_files: {description: What changed., type: list}"
'''


@pytest.fixture(scope="module")
def hook() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generated_pages", ROOT / "docs/hooks/generated_pages.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_module_becomes_a_section_with_options_and_return_values(hook: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "example.py").write_text(MODULE)
    page = hook.modules_page([tmp_path / "example.py"])
    assert "## example\n" in page
    assert "Sets `a` as in `other.name`, see `path`." in page
    assert "| `path` | path | required | Where to. |" in page
    assert "| `state` | str | `present` | What to be. One of `present`, `absent`. |" in page
    assert "| `parts` | list of dict |  | Pieces \\| of it. |" in page
    assert "| `parts.name` | str |  | Its name. |" in page
    assert "| `changed_files` | list | What changed. |" in page


def test_a_file_without_documentation_is_left_out(hook: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "__init__.py").write_text("")
    assert "##" not in hook.modules_page([tmp_path / "__init__.py"])


def test_a_role_becomes_a_section(hook: ModuleType, tmp_path: Path) -> None:
    spec = tmp_path / "keystone" / "meta" / "argument_specs.yml"
    spec.parent.mkdir(parents=True)
    spec.write_text(
        "argument_specs: {main: {short_description: Identity, options: {keystone_threads: {type: int, default: 8,"
        " description: Threads of a process.}}}}"
    )
    page = hook.roles_page([spec])
    assert "## keystone\n" in page
    assert "| `keystone_threads` | int | `8` | Threads of a process. |" in page
