"""Copies of the testbed's inventory with something changed."""

import shutil
from pathlib import Path
from typing import Any

import yaml

from tests.support.hosts import TESTBED
from tests.support.repository import ROOT


def copy(folder: Path, name: str = "changed", variables: dict[str, Any] | None = None) -> Path:
    """Copies the testbed's inventory, its vault file included.

    Args:
        folder: A temporary directory.
        name: Name of the new inventory.
        variables: What its group_vars set beyond, or other than, the original.

    Returns:
        The inventory's directory; the same hosts with the same keys.
    """
    state = folder / ".nai"
    if not state.exists():
        state.symlink_to(ROOT / ".nai")  # the inventory names its keys relative to itself
    inventory = folder / "inventories" / name
    shutil.copytree(TESTBED, inventory)
    # Ansible reads the files of group_vars/all in the order of their names.
    (inventory / "group_vars" / "all" / "zz_changed.yml").write_text(yaml.safe_dump(variables or {}))
    return inventory
