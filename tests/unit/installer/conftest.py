"""Inventories made for one test."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

GOOD_VARIABLES: dict[str, Any] = {
    "nai_release": "epoxy",
    "nai_management_cidr": "10.1.0.0/24",
    "nai_tunnel_cidr": "10.2.0.0/24",
    "nai_external_cidr": "10.3.0.0/24",
    "nai_external_gateway": "10.3.0.1",
    "nai_external_pool_start": "10.3.0.100",
    "nai_external_pool_end": "10.3.0.199",
}

GOOD_HOSTS = """\
all:
  children:
    nai:
      children:
        controller:
          hosts:
            controller1:
              nai_management_address: 10.1.0.10
              nai_tunnel_address: 10.2.0.10
              nai_external_address: 10.3.0.10
        compute:
          hosts:
            compute1:
              nai_management_address: 10.1.0.21
              nai_tunnel_address: 10.2.0.21
        operations:
          hosts:
            operations1:
              nai_management_address: 10.1.0.30
      vars:
        ansible_host: "{{ nai_management_address }}"
"""

MakeInventory = Callable[..., Path]


@pytest.fixture
def make_inventory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MakeInventory:
    """Makes an inventory below the working directory.

    The function takes variables to change (None removes one), `hosts` as the text of hosts.yml, and `files`
    as texts of further files by their path; it returns the inventory's directory, `lab`.
    """
    monkeypatch.chdir(tmp_path)

    def make(hosts: str = GOOD_HOSTS, files: dict[str, str] | None = None, **changes: Any) -> Path:
        inventory = tmp_path / "lab"
        variables = {name: value for name, value in {**GOOD_VARIABLES, **changes}.items() if value is not None}
        texts = {
            "hosts.yml": hosts,
            "group_vars/all/main.yml": yaml.safe_dump(variables, sort_keys=False),
            **(files or {}),
        }
        for name, text in texts.items():
            path = inventory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return inventory

    return make
