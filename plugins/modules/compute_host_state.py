#!/usr/bin/python
# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""What instances leave on a host: containers with their limits, links, ports, namespaces, directories."""

from __future__ import annotations

DOCUMENTATION = r"""
module: compute_host_state
short_description: What instances have on a host
description:
  - Reads the containers that are labelled C(nai.instance) and the limits that the kernel enforces on them, from the
    control groups' own files; and the network links, ports of Open vSwitch, network namespaces, mounts, cached images
    and directories of instances. Nothing is changed.
  - Works on a host without Docker or Open vSwitch as well; what is not there is empty.
version_added: 0.1.0
author: The NAI authors
options:
  absent:
    description: Waits until no name contains one of these texts (or its first eleven characters, which are what the
      name of a device has of an id), at most O(timeout_seconds). What is still there then is in the answer.
    type: list
    elements: str
    default: []
  timeout_seconds:
    description: Longest wait for O(absent).
    type: int
    default: 30
attributes:
  check_mode:
    description: It never changes anything; in check mode it does not wait.
    support: full
  diff_mode:
    description: There is no difference to show.
    support: none
"""

EXAMPLES = r"""
- name: Look at the instances' containers
  nubomedia.nai.compute_host_state:
  register: state
"""

RETURN = r"""
state:
  description: What is there.
  returned: always
  type: dict
  contains:
    containers:
      description: >-
        Containers of instances: instance, name, running, memory_limit_bytes and cpu_limit in processors (null: none).
      type: list
      elements: dict
    links:
      description: Names of network links.
      type: list
      elements: str
    ovs_ports:
      description: Names of ports of Open vSwitch.
      type: list
      elements: str
    namespaces:
      description: Named network namespaces.
      type: list
      elements: str
    images:
      description: Cached images of Glance, C(glance:<id>).
      type: list
      elements: str
    instance_directories:
      description: Names below /var/lib/nova/instances.
      type: list
      elements: str
    mounts:
      description: Mount points below Docker's and Nova's directories, without Docker's own layers.
      type: list
      elements: str
"""

import json  # noqa: E402
import shutil  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from ansible.module_utils.basic import AnsibleModule  # noqa: E402
from ansible_collections.nubomedia.nai.plugins.module_utils.cgroup_limits import limits_of  # noqa: E402

LABEL = "nai.instance"
INSTANCES = Path("/var/lib/nova/instances")
# Nova keeps these beside the directories of instances.
NOVAS_OWN = {"_base", "locks", "compute_nodes"}

Runner = Callable[[list[str]], str]


def containers(run: Runner) -> list[dict[str, Any]]:
    """Returns the containers of instances and their limits."""
    ids = run(["docker", "ps", "--all", "--quiet", "--no-trunc", "--filter", f"label={LABEL}"]).split()
    if not ids:
        return []
    found = []
    for item in json.loads(run(["docker", "inspect", *ids]) or "[]"):
        pid = int(item["State"]["Pid"])
        memory, processors = limits_of(pid) if pid else (None, None)
        found.append(
            {
                "instance": item["Config"]["Labels"][LABEL],
                "name": item["Name"].lstrip("/"),
                "running": bool(item["State"]["Running"]),
                "memory_limit_bytes": memory,
                "cpu_limit": processors,
            }
        )
    return sorted(found, key=lambda container: str(container["name"]))


def look(run: Runner) -> dict[str, Any]:
    """Looks at everything once.

    Args:
        run: runs a program and returns its output; an empty text when it is not installed or fails.
    """
    images = run(["docker", "images", "--format", "{{.Repository}}:{{.Tag}}", "glance"])
    return {
        "containers": containers(run),
        "links": sorted(path.name for path in Path("/sys/class/net").iterdir() if path.is_symlink()),
        "ovs_ports": sorted(run(["ovs-vsctl", "--bare", "--columns=name", "list", "Interface"]).split()),
        "namespaces": sorted(path.name for path in _entries(Path("/run/netns"))),
        "images": sorted(images.split()),
        "instance_directories": sorted(path.name for path in _entries(INSTANCES) if path.name not in NOVAS_OWN),
        "mounts": mounts(Path("/proc/self/mounts").read_text()),
    }


def mounts(text: str) -> list[str]:
    """Returns the mount points that belong to instances; layers and namespaces of Docker are named after containers."""
    points = [line.split()[1] for line in text.splitlines()]
    return sorted(
        point
        for point in points
        if point.startswith(("/var/lib/nova/", "/var/lib/docker/", "/run/docker/netns/", "/var/run/docker/netns/"))
    )


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def contains(state: dict[str, Any], texts: list[str]) -> bool:
    """Whether a name in the state contains one of the texts, or the first eleven characters of one."""
    words = json.dumps({key: value for key, value in state.items() if key != "images"})
    return any(part in words for text in texts for part in (text, text[:11]))


def main() -> None:
    """Runs the module."""
    module = AnsibleModule(
        argument_spec={
            "absent": {"type": "list", "elements": "str", "default": []},
            "timeout_seconds": {"type": "int", "default": 30},
        },
        supports_check_mode=True,
    )

    def run(command: list[str]) -> str:
        program = shutil.which(command[0], path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
        if program is None:
            return ""
        code, output, _errors = module.run_command([program, *command[1:]])
        return str(output) if code == 0 else ""

    deadline = time.monotonic() + (0 if module.check_mode else module.params["timeout_seconds"])
    while True:
        state = look(run)
        if not contains(state, module.params["absent"]) or time.monotonic() >= deadline:
            break
        time.sleep(0.5)
    module.exit_json(changed=False, state=state)


if __name__ == "__main__":
    main()
