#!/usr/bin/python
# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""What the installer needs to know of a host."""

from __future__ import annotations

DOCUMENTATION = r"""
module: host_info
short_description: What the installer needs to know of a host, in one call
description:
  - Reads system, resources, interfaces and listening ports from the kernel, with nothing but Python's standard library.
  - Sets the fact C(nai_host); with C(inject_facts_as_vars=false) it is read as C(ansible_facts.nai_host).
version_added: 0.1.0
author: The NAI authors
options:
  urls:
    description: Files that the host will fetch. Each is asked for once; those that it cannot have are in the facts.
    type: list
    elements: str
    default: []
  load_openvswitch:
    description: Whether the kernel's Open vSwitch module may be loaded to see if it works. Never done in check mode.
    type: bool
    default: true
attributes:
  check_mode:
    description: Can run in check mode and return what it would change.
    support: full
    details: Whether the Open vSwitch module can be loaded is then concluded without loading it.
  diff_mode:
    description: Returns what changes.
    support: none
"""

EXAMPLES = r"""
- name: Look at the hosts
  nubomedia.nai.host_info:

- name: Look whether a mirror answers, too
  nubomedia.nai.host_info:
    urls: [http://mirror.example.org/repodata/repomd.xml]

- name: Refuse a small host
  ansible.builtin.assert:
    that: ansible_facts.nai_host.memory_mb >= 4096
"""

RETURN = r"""
ansible_facts:
  description: The fact C(nai_host).
  returned: always
  type: dict
  contains:
    nai_host:
      description: What was found.
      type: dict
      contains:
        hostname: {description: Name of the host., type: str, sample: controller1}
        distribution: {description: ID of C(/etc/os-release)., type: str, sample: debian}
        major_version: {description: Its version; 0 for a rolling release., type: int, sample: 13}
        codename: {description: Its code name., type: str, sample: trixie}
        kernel: {description: Release of the kernel., type: str, sample: 6.12.48+deb13-amd64}
        architecture: {description: Machine name., type: str, sample: x86_64}
        python_version: {description: Python that runs the modules., type: str, sample: 3.13.5}
        cpu_count: {description: Processors it may use, bounded by affinity and control groups., type: int, sample: 2}
        memory_mb: {description: MiB of memory, bounded by control groups., type: int, sample: 16384}
        disk_free_gb:
          description: GiB free, by path; C(/) and C(/var/lib/docker), or the file system that will hold it.
          type: dict
          sample: {/: 41.2, /var/lib/docker: 41.2}
        docker_filesystem: {description: File system that holds C(/var/lib/docker)., type: str, sample: ext4}
        docker_storage_ok: {description: Whether Docker's overlay2 works there., type: bool, sample: true}
        interfaces:
          description: Name, mac, mtu in bytes, up, and addresses with prefix length.
          type: list
          elements: dict
          sample: [{name: eth0, mac: "02:42:ac:1f:5a:0a", mtu: 1500, up: true, addresses: [192.0.2.10/24]}]
        default_gateway: {description: IPv4 gateway; empty without one., type: str, sample: 192.0.2.1}
        default_interface: {description: Its interface., type: str, sample: eth0}
        listening_ports:
          description: TCP ports with address and process; a process is empty where it cannot be seen.
          type: list
          elements: dict
          sample: [{port: 22, address: 0.0.0.0, process: sshd}]
        openvswitch_kernel: {description: Whether the kernel has a usable Open vSwitch., type: bool, sample: true}
        is_container: {description: Whether it is a container., type: bool, sample: false}
        systemd: {description: Whether systemd is PID 1., type: bool, sample: true}
        cgroup_version: {description: 1 or 2., type: int, sample: 2}
        ca_certificates: {description: Whether the bundle of CA certificates is there., type: bool, sample: true}
        unanswered_urls:
          description: Why a file cannot be fetched, by its URL.
          type: dict
          sample: {http://mirror.example.org/repodata/repomd.xml: Connection refused}
        time_epoch: {description: Its clock, in seconds since 1970., type: float, sample: 1764000000.5}
"""

import os  # noqa: E402
import platform  # noqa: E402
import re  # noqa: E402
import socket  # noqa: E402
import time  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from ansible.module_utils.basic import AnsibleModule  # noqa: E402
from ansible_collections.nubomedia.nai.plugins.module_utils import host_network, host_resources, url_answers  # noqa: E402

DOCKER_ROOT = "/var/lib/docker"


def os_release(root: Path = Path("/")) -> dict[str, str]:
    """Returns the values of /etc/os-release."""
    try:
        text = (root / "etc/os-release").read_text()
    except OSError:
        return {}
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line and not line.startswith("#"))
    return {key: value.strip("\"'") for key, _, value in pairs}


def major_version(version: str) -> int:
    """Returns the first number of a version; 0 without one."""
    found = re.match(r"\d+", version)
    return int(found.group()) if found else 0


def is_container(root: Path = Path("/")) -> bool:
    """Tells whether this is a container: systemd and Docker leave marks in theirs."""
    return any((root / mark).exists() for mark in ("run/systemd/container", ".dockerenv", "run/.containerenv"))


def gather(*, may_load: bool, urls: list[str]) -> dict[str, Any]:
    """Returns everything about the host."""
    release = os_release()
    gateway, interface = host_network.default_route()
    storage = host_resources.filesystem(DOCKER_ROOT)
    return {
        "hostname": socket.gethostname(),
        "distribution": release.get("ID", ""),
        "major_version": major_version(release.get("VERSION_ID", "")),
        "codename": release.get("VERSION_CODENAME", ""),
        "kernel": os.uname().release,
        "architecture": os.uname().machine,
        "python_version": platform.python_version(),
        "cpu_count": host_resources.cpu_count(),
        "memory_mb": host_resources.memory_mb(),
        "disk_free_gb": {path: host_resources.disk_free_gb(path) for path in ("/", DOCKER_ROOT)},
        "docker_filesystem": storage,
        "docker_storage_ok": host_resources.holds_docker_storage(storage),
        "interfaces": host_network.interfaces(),
        "default_gateway": gateway,
        "default_interface": interface,
        "listening_ports": host_network.listening_ports(),
        "openvswitch_kernel": host_network.openvswitch_in_kernel(may_load=may_load),
        "is_container": is_container(),
        "systemd": Path("/run/systemd/system").is_dir(),
        "cgroup_version": host_resources.cgroup_version(),
        "ca_certificates": Path("/etc/ssl/certs/ca-certificates.crt").exists(),
        "unanswered_urls": url_answers.problems(urls),
        "time_epoch": round(time.time(), 3),
    }


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            "load_openvswitch": {"type": "bool", "default": True},
            "urls": {"type": "list", "elements": "str", "default": []},
        },
        supports_check_mode=True,
    )
    may_load = module.params["load_openvswitch"] and not module.check_mode
    module.exit_json(changed=False, ansible_facts={"nai_host": gather(may_load=may_load, urls=module.params["urls"])})


if __name__ == "__main__":
    main()
