# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Documentation of the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: precheck
short_description: Check that the hosts can carry the platform
description:
  - Evaluates what M(nubomedia.nai.host_info) found on all hosts, the inventory and the facts of the release, on the
    control host. Nothing is asked of a host and nothing is changed.
  - All findings are shown at once, one line each, and the task fails for all hosts when one of them is an error. What
    is said of several hosts in the same words is one line.
  - "Checked are: reachable, distribution, python, systemd, memory, processors, disk, ports, addresses, openvswitch,
    capabilities, docker_storage, default_route, clocks, hostnames, tunnel_network, mirrors. A check that is named in
    the variable C(precheck_ignored) only warns."
  - Needs C(run_once) and the variable C(nai_release_facts).
version_added: 0.1.0
author: The NAI authors
options: {}
attributes:
  check_mode:
    description: It never changes anything.
    support: full
  diff_mode:
    description: There is no difference to show.
    support: none
"""

EXAMPLES = r"""
- name: Look at the hosts
  nubomedia.nai.host_info:

- name: Check that the hosts can carry the platform
  nubomedia.nai.precheck:
  run_once: true
"""

RETURN = r"""
findings:
  description: What was found, with C(host), C(check) and C(text).
  returned: always
  type: list
  elements: dict
  sample: [{host: compute1, check: memory, text: "compute1: has 900 MB of memory, compute needs 1024 MB; …"}]
"""
