"""How run time grows with hosts: the same dry run on 1, 5 and 20 light hosts.

The hosts are names for one host of the testbed, each reached over an SSH connection of its own: every task, module and
connection is real, and nothing is changed (`--check`).
"""

import tempfile
import time
from pathlib import Path
from typing import Any

import yaml

from tests.support import inventories
from tests.support.ansible import playbook, run
from tests.support.hosts import TESTBED, group
from tests.support.repository import read_yaml

SIZES = (1, 5, 20)
PLAYBOOKS = {"precheck": "playbooks/precheck.yml", "base": "playbooks/stages/base.yml"}


def measure() -> dict[str, Any]:
    """Seconds of validate and of dry runs by number of hosts, and what each further host costs."""
    seconds: dict[str, dict[str, float]] = {"validate": {}, **{name: {} for name in PLAYBOOKS}}
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            inventory = light_inventory(Path(folder), size)
            seconds["validate"][str(size)] = _timed(lambda i=inventory: run("nai", "validate", "-i", i))
            for name, file in PLAYBOOKS.items():
                seconds[name][str(size)] = _timed(lambda f=file, i=inventory: playbook(f, "-i", i, "--check"))
    span = SIZES[-1] - SIZES[0]
    return {
        "seconds_by_hosts": seconds,
        "seconds_per_further_host": {
            name: round((by_size[str(SIZES[-1])] - by_size[str(SIZES[0])]) / span, 2)
            for name, by_size in seconds.items()
        },
    }


def light_inventory(folder: Path, size: int) -> Path:
    """Writes an inventory with so many hosts beside the controller and the compute hosts' group.

    Args:
        folder: Where to.
        size: Number of hosts of the group `operations`, all of them names for the testbed's own one.

    Returns:
        The inventory's directory.
    """
    inventory = inventories.copy(folder, f"light{size}")
    content = read_yaml(TESTBED / "hosts.yml")
    [real] = group("operations")
    groups = content["all"]["children"]["nai"]["children"]
    template = groups["operations"]["hosts"][real]
    prefix = "{{ nai_testbed_prefix }}.90"
    groups["operations"]["hosts"] = {
        f"light{number}": {
            **template,
            "nai_management_address": f"{prefix}.{100 + number}",
            "nai_tunnel_address": f"{{{{ nai_testbed_prefix }}}}.91.{100 + number}",
            "ansible_host": template["nai_management_address"],
            "ansible_host_key_alias": template["nai_management_address"],
        }
        for number in range(1, size + 1)
    }
    (inventory / "hosts.yml").write_text(yaml.safe_dump(content, sort_keys=False))
    return inventory


def _timed(call: Any) -> float:
    start = time.monotonic()
    call()
    return round(time.monotonic() - start, 2)
