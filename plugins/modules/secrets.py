#!/usr/bin/python
# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Documentation of the action `secrets`, which runs on the control host alone."""

from __future__ import annotations

DOCUMENTATION = r"""
module: secrets
short_description: Missing secrets of the inventory, made once
description:
  - Makes every secret of the inventory's mode and release that its C(group_vars/all/secrets.yml) lacks, and writes the
    file, encrypted with the run's vault password, in one step and with mode 0600. No host is contacted.
  - Ansible has read the inventory's variables when a play starts, so new values are not variables yet. Register the
    result and hand C(secrets) to M(ansible.builtin.set_fact), as the example does. They are not returned as facts,
    because facts of a module are written to the fact cache.
  - The result is hidden from the output by itself.
version_added: 0.1.0
author: The NAI authors
options:
  names:
    description: Names of the secrets; without it, those that the inventory's mode and release need.
    type: list
    elements: str
  path:
    description: The file; without it, C(group_vars/all/secrets.yml) beside the inventory.
    type: path
attributes:
  check_mode:
    description: Can run in check mode and return what it would change.
    support: full
    details: Missing secrets are made in memory only, so that the rest of the play can be rendered.
  diff_mode:
    description: Returns what changes.
    support: none
    details: Everything written is secret.
"""

EXAMPLES = r"""
- name: Make missing secrets
  nubomedia.nai.secrets:
  run_once: true
  register: nai_secrets

- name: Use new secrets in this run
  ansible.builtin.set_fact:
  args: "{{ nai_secrets.secrets }}"
  when: nai_secrets is changed
  no_log: true
"""

RETURN = r"""
made:
  description: Names of the secrets that were made.
  returned: success
  type: list
  elements: str
secrets:
  description: Value of each secret by its name.
  returned: success
  type: dict
"""
