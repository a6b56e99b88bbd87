"""What runs on hosts with CentOS 7 runs on Python 3.8, the oldest on which ansible-core 2.19 runs modules."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.repository import ROOT, read_yaml

PLUGINS = "ansible_collections.nubomedia.nai.plugins."
PROGRAMS = [ROOT / "roles/docker_images/files/nai_docker_images.py"]

# Names of the standard library that came after 3.8.
IMPORTS = {"UTC", "StrEnum", "Self", "TypeAlias", "ParamSpec", "Concatenate", "pairwise", "zoneinfo", "tomllib"}
METHODS = {"removeprefix", "removesuffix", "is_relative_to", "with_stem", "hardlink_to", "bit_count", "randbytes"}
KEYWORDS = {"strict", "slots", "kw_only", "encoding_errors", "root_dir", "process_group"}
GENERICS = {"list", "dict", "tuple", "set", "frozenset", "type", "Callable", "Mapping", "Sequence", "Iterable"}


def modules_of_kilo() -> set[str]:
    """Modules of the collection that stages of site.yml run on hosts with packstack."""
    site = [ROOT / entry["ansible.builtin.import_playbook"] for entry in read_yaml(ROOT / "site.yml")]
    plays = [play for stage in site for play in read_yaml(stage)]
    ours = [play for play in plays if re.match(r"packstack|nai:!without_python", play.get("hosts", ""))]
    roles = {entry["role"].rpartition(".")[2] for play in ours for entry in play.get("roles", [])}
    texts = [path.read_text() for role in roles for path in (ROOT / "roles" / role / "tasks").glob("*.yml")]
    texts += [str(play.get("tasks", "")) for play in ours]
    return {name for text in texts for name in re.findall(r"nubomedia\.nai\.([a-z_]+)", text)}


def files_on_hosts() -> list[Path]:
    """Those modules with everything of ours that they import, and the programs."""
    found: dict[Path, None] = dict.fromkeys(PROGRAMS)
    pending = [path for name in modules_of_kilo() if (path := ROOT / f"plugins/modules/{name}.py").exists()]
    while pending:
        path = pending.pop()
        if path in found:
            continue
        found[path] = None
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(PLUGINS + "module_utils"):
                base = ROOT / "plugins" / str(node.module).removeprefix(PLUGINS).replace(".", "/")
                candidates = [base.with_suffix(".py"), *(base / f"{alias.name}.py" for alias in node.names)]
                pending += [candidate for candidate in candidates if candidate.exists()]
    return sorted(found)


def problems(tree: ast.Module) -> Iterator[str]:
    """What Python 3.8 does not have, although it can read it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom | ast.Import):
            yield from (f"imports {alias.name}" for alias in node.names if alias.name in IMPORTS)
        elif isinstance(node, ast.Attribute) and node.attr in METHODS:
            yield f"uses {node.attr}"
        elif isinstance(node, ast.keyword) and node.arg in KEYWORDS:
            yield f"uses the argument {node.arg}"
        elif isinstance(node, ast.Assign):
            named = [n.value for n in ast.walk(node.value) if isinstance(n, ast.Subscript)]
            yield from (f"evaluates {n.id}[…]" for n in named if isinstance(n, ast.Name) and n.id in GENERICS)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            sides = [side for side in (node.left, node.right) if isinstance(side, ast.Dict | ast.DictComp)]
            yield from ("joins dictionaries with |" for _side in sides[:1])
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "isinstance":
            yield from ("asks isinstance for a union" for argument in node.args if isinstance(argument, ast.BinOp))


def test_the_modules_are_found() -> None:
    assert {"config_files", "services", "rpm_packages", "host_info", "packstack"} <= modules_of_kilo()
    assert ROOT / "plugins/module_utils/systemd.py" in files_on_hosts()


@pytest.mark.parametrize("path", files_on_hosts(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_on_hosts_can_be_read_and_run_by_python_3_8(path: Path) -> None:
    tree = ast.parse(path.read_text(), feature_version=(3, 8))
    assert "from __future__ import annotations" in path.read_text(), "annotations would be evaluated"
    assert not list(problems(tree))


@pytest.mark.parametrize(
    "text",
    [
        "from datetime import UTC",
        "x = name.removesuffix('.service')",
        "x = zip(a, b, strict=True)",
        "Run = Callable[[list[str]], int]",
        "x = {'a': 1} | other",
        "x = isinstance(a, str | int)",
    ],
)
def test_newer_things_are_found(text: str) -> None:
    assert list(problems(ast.parse(text)))


@pytest.mark.parametrize("text", ["match a:\n case 1:\n  pass", "with (open(a) as b, open(c) as d):\n pass"])
def test_newer_syntax_is_found(text: str) -> None:
    with pytest.raises(SyntaxError):
        ast.parse(text, feature_version=(3, 8))
