#!/usr/bin/python
# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Documentation of the action `verify_cloud`, which runs on the control host alone."""

from __future__ import annotations

DOCUMENTATION = r"""
module: verify_cloud
short_description: Prove that the cloud works, one phase of it
description:
  - Uses the cloud of C(nai_clouds_file) from the control host; playbooks/verify.yml calls the phases in their order and
    looks at the hosts with M(nubomedia.nai.compute_host_state) between them.
  - Everything it makes has a name that starts with C(nai-verify-). V(begin) removes what an interrupted run left.
  - Each step is shown when it ends, and is kept in a report in JSON below C(.nai/reports).
version_added: 0.1.0
author: The NAI authors
options:
  phase:
    description:
      - V(begin) starts the report; V(upload) makes the image and uploads it; V(prove) boots an instance on every
        compute host and uses it; V(limits) compares the limits of the containers with the flavor; V(remove) removes
        everything; V(finish) compares the hosts, shows the table and fails when a step failed.
    type: str
    required: true
    choices: [begin, upload, prove, limits, remove, finish]
  report:
    description: Path that V(begin) returned; required for the other phases.
    type: path
  synchronised:
    description: Name of the variable in which M(nubomedia.nai.docker_image_sync) of each compute host is registered;
      for V(prove).
    type: str
  before:
    description: Name of the variable in which each host's state before the run is registered; for V(finish).
    type: str
  after:
    description: Name of the variable in which each host's state now is registered; for V(limits) and V(finish).
    type: str
attributes:
  check_mode:
    description: Does nothing in check mode, and says so.
    support: full
  diff_mode:
    description: There is no difference to show.
    support: none
"""

EXAMPLES = r"""
- name: Start the verification
  nubomedia.nai.verify_cloud:
    phase: begin
  register: verification
  run_once: true
"""

RETURN = r"""
report:
  description: Path of the report.
  returned: phases V(begin) and V(finish)
  type: str
passed:
  description: Whether every step so far holds. Only V(begin) and V(finish) fail.
  returned: phases V(upload), V(prove), V(limits) and V(remove)
  type: bool
removed:
  description: Ids that must not show in any name on the hosts any more.
  returned: phase V(remove)
  type: list
  elements: str
seconds:
  description: Sum of all steps.
  returned: phase V(finish)
  type: float
figures:
  description: Measured seconds and sizes.
  returned: phase V(finish)
  type: dict
"""
