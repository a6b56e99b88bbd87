#!/usr/bin/python
# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Waits until Neutron's agents are alive."""

from __future__ import annotations

DOCUMENTATION = r"""
module: neutron_agents
short_description: Wait until agents of Neutron are alive
description:
  - Looks at the agents until each named one has reported itself lately. An instance that is booted before the
    agent of its host is alive fails with a binding error.
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
  agents:
    description: Binaries per host, e.g. V(neutron-openvswitch-agent), V(neutron-l3-agent).
    type: dict
    required: true
  timeout_seconds:
    description: Longest wait for all agents together.
    type: int
    default: 120
attributes:
  check_mode:
    description: Looks once; agents that are not alive yet are reported as a change.
    support: full
  diff_mode:
    description: Shows which agents are missing.
    support: full
"""

EXAMPLES = r"""
- name: Wait until the network can take ports
  nubomedia.nai.neutron_agents:
    agents:
      controller1: [neutron-openvswitch-agent, neutron-l3-agent, neutron-dhcp-agent, neutron-metadata-agent]
      compute1: [neutron-openvswitch-agent]
"""

RETURN = r"""
waited_seconds:
  description: Seconds until all agents were alive.
  returned: success
  type: float
  sample: 0.1
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


def look(client: Any, agents: dict[str, list[str]]) -> dict[str, str]:
    """Looks once.

    Args:
        client: the network proxy.
        agents: binaries per host.

    Returns:
        For each agent that is not alive (`<binary> on <host>`) a text that says why.
    """
    found = {(item["host"], item["binary"]): item for item in pages(client, "/agents", "agents")}
    missing: dict[str, str] = {}
    for host, binaries in agents.items():
        for binary in binaries:
            agent = found.get((host, binary))
            if agent is None:
                missing[f"{binary} on {host}"] = "has never reported itself"
            elif not agent["alive"]:
                missing[f"{binary} on {host}"] = f"was last heard of at {agent.get('heartbeat_timestamp')} UTC"
    return missing


def wait(
    client: Any,
    agents: dict[str, list[str]],
    timeout_seconds: float,
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Waits until all agents are alive.

    Args:
        client: the network proxy.
        agents: binaries per host.
        timeout_seconds: longest wait.
        clock: gives seconds.
        pause: waits some seconds.

    Raises:
        CloudError: some are missing at the end; names each with what to look at.
    """
    deadline = clock() + timeout_seconds
    while True:
        try:
            missing = look(client, agents)
        except api_errors() as error:
            translated = translate(error)
            if not isinstance(translated, CloudNotReadyError) or clock() >= deadline:
                raise translated from error
            pause(POLL_SECONDS)
            continue
        if not missing:
            return
        if clock() >= deadline:
            lines = [
                f"{name} {why}; see `journalctl -u {name.split(' ')[0]}` and /var/log/neutron there"
                for name, why in sorted(missing.items())
            ]
            raise CloudError(f"after {timeout_seconds:g} s these agents are not alive: {' | '.join(lines)}")
        pause(POLL_SECONDS)


def main() -> None:
    """Runs the module."""
    module = AnsibleModule(
        argument_spec={
            **CLOUD_ARGUMENTS,
            "agents": {"type": "dict", "required": True},
            "timeout_seconds": {"type": "int", "default": 120},
        },
        supports_check_mode=True,
    )

    def body(connection: Any) -> Any:
        diff = StateDiff()
        started = time.monotonic()
        if module.check_mode:
            for name in sorted(look(connection.network, module.params["agents"])):
                diff.created("agent", name)
            return diff.result(waited_seconds=0.0)
        wait(connection.network, module.params["agents"], module.params["timeout_seconds"])
        return diff.result(waited_seconds=round(time.monotonic() - started, 1))

    run(module, body)


if __name__ == "__main__":
    main()
