#!/usr/bin/python
# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Waits until compute hosts can take instances, and maps them into their cell."""

from __future__ import annotations

DOCUMENTATION = r"""
module: nova_hosts
short_description: Wait until compute hosts are up and mapped into their cell
description:
  - Looks at the compute services until each of O(hosts) is up and listed as a hypervisor.
  - A compute service that is up but not listed is not mapped to its cell yet; then
    C(nova-manage cell_v2 discover_hosts) is run as O(user). Nova has no request for it in its API.
version_added: 0.1.0
author: The NAI authors
options:
  cloud:
    description: Cloud of O(clouds_file) whose credentials are used; they need the role admin.
    type: str
    default: nai
  clouds_file:
    description: The clouds.yaml to read.
    type: path
    default: /etc/openstack/clouds.yaml
  hosts:
    description: Compute hosts by the name that Nova knows (option C(host) of nova.conf).
    type: list
    elements: str
    required: true
  timeout_seconds:
    description: Longest wait for all hosts together.
    type: int
    default: 120
  user:
    description: Account that runs C(nova-manage).
    type: str
    default: nova
attributes:
  check_mode:
    description: Looks once; hosts that are not up or not mapped yet are reported as a change.
    support: full
  diff_mode:
    description: Shows which hosts get mapped.
    support: full
"""

EXAMPLES = r"""
- name: Wait until every compute host takes instances
  nubomedia.nai.nova_hosts:
    hosts: "{{ groups['compute'] }}"
    timeout_seconds: 120
"""

RETURN = r"""
mapped:
  description: Hosts that this call mapped to their cell.
  returned: success
  type: list
  elements: str
  sample: [compute1]
waited_seconds:
  description: Seconds until all hosts were up and mapped.
  returned: success
  type: float
  sample: 4.2
"""

import time  # noqa: E402
from collections.abc import Callable  # noqa: E402
from typing import Any  # noqa: E402

from ansible.module_utils.basic import AnsibleModule  # noqa: E402
from ansible_collections.nubomedia.nai.plugins.module_utils.openstack import (  # noqa: E402
    CLOUD_ARGUMENTS,
    CloudError,
    CloudNotReadyError,
    api_errors,
    pages,
    run,
    translate,
)
from ansible_collections.nubomedia.nai.plugins.module_utils.state_diff import StateDiff  # noqa: E402

POLL_SECONDS = 1.0


def look(client: Any, hosts: list[str]) -> tuple[dict[str, str], list[str]]:
    """Looks at the services and hypervisors once.

    Args:
        client: the compute proxy.
        hosts: names to look for.

    Returns:
        For each host that is not up a text that says why; and the hosts that are up but not mapped.
    """
    services = {item["host"]: item for item in pages(client, "/os-services?binary=nova-compute", "services")}
    waiting: dict[str, str] = {}
    for host in hosts:
        service = services.get(host)
        if service is None:
            waiting[host] = "nova-compute has never reported itself"
        elif service.get("forced_down"):
            waiting[host] = "nova-compute is forced down by an operator"
        elif service["state"] != "up":
            waiting[host] = f"nova-compute is {service['state']}, last heard of at {service.get('updated_at')} UTC"
    up = [host for host in hosts if host not in waiting]
    # A host that is not mapped is left out of this list by Nova.
    mapped = (
        {item["service"]["host"] for item in pages(client, "/os-hypervisors/detail", "hypervisors")} if up else set()
    )
    return waiting, [host for host in up if host not in mapped]


def wait(
    client: Any,
    hosts: list[str],
    timeout_seconds: float,
    discover: Callable[[], None],
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> list[str]:
    """Waits until all hosts are up and mapped.

    Args:
        client: the compute proxy.
        hosts: names to wait for.
        timeout_seconds: longest wait.
        discover: maps hosts to their cell.
        clock: gives seconds.
        pause: waits some seconds.

    Returns:
        The hosts that had to be mapped.

    Raises:
        CloudError: some are missing at the end; names each with its state and what to look at.
    """
    deadline = clock() + timeout_seconds
    mapped: set[str] = set()
    while True:
        try:
            waiting, unmapped = look(client, hosts)
        except api_errors() as error:
            translated = translate(error)
            if not isinstance(translated, CloudNotReadyError) or clock() >= deadline:
                raise translated from error
            pause(POLL_SECONDS)
            continue
        if not waiting and not unmapped:
            return sorted(mapped)
        if unmapped:
            mapped.update(unmapped)
            discover()
            waiting, unmapped = look(client, hosts)
            if not waiting and not unmapped:
                return sorted(mapped)
        if clock() >= deadline:
            raise CloudError(explain(waiting, unmapped, timeout_seconds))
        pause(POLL_SECONDS)


def explain(waiting: dict[str, str], unmapped: list[str], timeout_seconds: float) -> str:
    """Names the hosts that are missing, each with its state and what to look at."""
    lines = [
        f"{host}: {why}; on that host see `systemctl status nova-compute` and /var/log/nova/nova-compute.log"
        for host, why in sorted(waiting.items())
    ]
    lines += [
        f"{host}: nova-compute is up, but no hypervisor is listed for it; see whether nova-compute.log there "
        "reports resources, and `nova-manage cell_v2 discover_hosts --verbose` on the controller"
        for host in sorted(unmapped)
    ]
    return f"after {timeout_seconds:g} s these compute hosts cannot take instances: " + " | ".join(lines)


def main() -> None:
    """Runs the module."""
    module = AnsibleModule(
        argument_spec={
            **CLOUD_ARGUMENTS,
            "hosts": {"type": "list", "elements": "str", "required": True},
            "timeout_seconds": {"type": "int", "default": 120},
            "user": {"type": "str", "default": "nova"},
        },
        supports_check_mode=True,
    )
    hosts: list[str] = module.params["hosts"]

    def discover() -> None:
        command = ["runuser", "-u", module.params["user"], "--", "nova-manage", "cell_v2", "discover_hosts"]
        code, output, errors = module.run_command(command)
        if code != 0:
            raise CloudError(f"`{' '.join(command)}` ended with {code}: {(errors or output).strip()[-600:]}")

    def body(connection: Any) -> Any:
        diff = StateDiff()
        started = time.monotonic()
        if module.check_mode:
            waiting, unmapped = look(connection.compute, hosts)
            for host in sorted([*waiting, *unmapped]):
                diff.created("compute host", host)
            return diff.result(mapped=[], waited_seconds=0.0)
        mapped = wait(connection.compute, hosts, module.params["timeout_seconds"], discover)
        for host in mapped:
            diff.created("compute host", host)
        return diff.result(mapped=mapped, waited_seconds=round(time.monotonic() - started, 1))

    run(module, body)


if __name__ == "__main__":
    main()
