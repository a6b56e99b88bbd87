"""Which files are generated, whether they are up to date, and writing them."""

from __future__ import annotations

from pathlib import Path

from nai.installer.reference.page import variables_page
from nai.installer.reference.roles import Role, roles_below
from nai.installer.reference.specification import argument_specs, defaults
from nai.installer.schema import Schema


def expected_files(root: Path, schema: Schema) -> dict[Path, str | None]:
    """Path and text of every generated file; None for one that must not be there.

    Args:
        root: The checkout.
        schema: The declarations.
    """
    files: dict[Path, str | None] = {root / "docs" / "reference" / "variables.md": variables_page(schema)}
    for role in roles_below(root / "roles", schema):
        files |= _of_role(role)
    return files


def drifted(root: Path, schema: Schema) -> list[Path]:
    """Generated files that differ from what the schema says."""
    return [path for path, text in expected_files(root, schema).items() if _current(path) != text]


def write(root: Path, schema: Schema) -> list[Path]:
    """Writes the generated files that differ; returns their paths."""
    changed = drifted(root, schema)
    files = expected_files(root, schema)
    for path in changed:
        text = files[path]
        if text is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return changed


def _of_role(role: Role) -> dict[Path, str | None]:
    return {
        role.path / "meta" / "argument_specs.yml": argument_specs(role),
        role.path / "defaults" / "main.yml": defaults(role),
    }


def _current(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None
