"""MkDocs hook: pages that are made from the sources at build time, so they cannot drift.

`reference/modules.md` from the modules' DOCUMENTATION and RETURN, `reference/roles.md` from the roles' argument specs,
`development/changes.md` from CHANGELOG.md.
"""

import ast
import re
from pathlib import Path
from typing import Any

import yaml
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

Option = dict[str, Any]


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the generated pages (MkDocs calls this after it has collected the files).

    Args:
        files: the pages found in docs/.
        config: MkDocs' configuration; its file lies in the checkout's root.

    Returns:
        The same collection, with three more pages.
    """
    root = Path(config.config_file_path).parent
    pages = {
        "reference/modules.md": modules_page(sorted(root.glob("plugins/modules/*.py"))),
        "reference/roles.md": roles_page(sorted(root.glob("roles/*/meta/argument_specs.yml"))),
        "development/changes.md": (root / "CHANGELOG.md").read_text(),
    }
    for name, content in pages.items():
        files.append(File.generated(config, name, content=content))
    return files


def string_constants(path: Path) -> dict[str, str]:
    """Returns the string constants that a Python file assigns at its top level."""
    found: dict[str, str] = {}
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            value = node.value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                found[node.targets[0].id] = value.value
    return found


def modules_page(paths: list[Path]) -> str:
    """Returns the page of all modules of the collection."""
    parts = ["# Modules\n\nModules of the collection `nubomedia.nai`. Each works in check mode and shows a diff.\n"]
    for path in paths:
        texts = string_constants(path)
        if "DOCUMENTATION" not in texts:
            continue
        documentation = yaml.safe_load(texts["DOCUMENTATION"])
        parts += [f"## {documentation['module']}\n", prose(documentation["short_description"]) + ".\n"]
        parts += [prose(documentation.get("description", [])) + "\n"]
        parts += options_table(documentation.get("options") or {})
        if texts.get("EXAMPLES", "").strip():
            parts += [f"```yaml\n{texts['EXAMPLES'].strip()}\n```\n"]
        returned = yaml.safe_load(texts.get("RETURN") or "{}") or {}
        if returned:
            parts += ["| returned | type | meaning |\n|---|---|---|"]
            parts += [f"| `{n}` | {o.get('type', '')} | {cell(o)} |" for n, o in returned.items()]
            parts += [""]
    return "\n".join(parts)


def roles_page(paths: list[Path]) -> str:
    """Returns the page of all roles with what each takes."""
    parts = ["# Roles\n\nWhat each role takes; [all variables on one page](variables.md) has units and ranges.\n"]
    for path in paths:
        spec = yaml.safe_load(path.read_text())["argument_specs"]["main"]
        parts += [f"## {path.parent.parent.name}\n", prose(spec["short_description"]) + ".\n"]
        parts += [prose(spec.get("description", [])) + "\n"]
        parts += options_table(spec.get("options") or {})
    return "\n".join(parts)


def options_table(options: dict[str, Option], prefix: str = "") -> list[str]:
    """Returns the lines of a table of options; suboptions follow their option as `option.suboption`."""
    rows: list[str] = []

    def add(some: dict[str, Option], before: str) -> None:
        for name, option in some.items():
            kind = option.get("type", "str") + (f" of {option['elements']}" if "elements" in option else "")
            default = "required" if option.get("required") else default_text(option)
            rows.append(f"| `{before}{name}` | {kind} | {default} | {cell(option)} |")
            add(option.get("suboptions") or option.get("options") or {}, f"{before}{name}.")

    add(options, prefix)
    return ["| option | type | default | meaning |\n|---|---|---|---|", *rows, ""] if rows else []


def default_text(option: Option) -> str:
    """Returns an option's default as code, or nothing."""
    value = option.get("default")
    return "" if value is None else "`" + str(value).replace("|", "\\|") + "`"


def cell(option: Option) -> str:
    """Returns an option's description and choices, fit for a table cell."""
    text = prose(option.get("description", ""))
    if option.get("choices"):
        text += " One of " + ", ".join(f"`{choice}`" for choice in option["choices"]) + "."
    return text.replace("\n", " ").replace("|", "\\|")


def prose(text: str | list[str]) -> str:
    """Returns Ansible's markup (`C(code)`, `O(option)`, `M(module)`) as Markdown."""
    joined = " ".join(text) if isinstance(text, list) else str(text)
    joined = re.sub(r"\b[COVEMPR]\(([^()]*(?:\([^()]*\)[^()]*)*)\)", r"`\1`", joined)
    joined = re.sub(r"\bI\(([^)]*)\)", r"*\1*", joined)
    joined = re.sub(r"\bB\(([^)]*)\)", r"**\1**", joined)
    # Braces and angle brackets outside of code would be read as HTML.
    return re.sub(r"<(?![^`]*`[^`]*$)", "&lt;", joined).strip()
