"""Where the checkout lies and how its files are read."""

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
BIN = ROOT / ".venv" / "bin"


class _AnsibleLoader(yaml.SafeLoader):
    """Reads Ansible's own tags (`!vault`, `!unsafe`) as plain strings."""


def _as_string(_loader: yaml.SafeLoader, _suffix: str, node: yaml.Node) -> str:
    return str(node.value)


_AnsibleLoader.add_multi_constructor("!", _as_string)


def read_yaml(path: Path) -> Any:
    """Returns the content of a YAML file of the repository, Ansible's tags included."""
    return yaml.load(path.read_text(), Loader=_AnsibleLoader)  # noqa: S506  # derived from SafeLoader
