#!/usr/bin/python
# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Documentation of the action `validate`, which runs on the control host alone."""

from __future__ import annotations

DOCUMENTATION = r"""
module: validate
short_description: Check every variable of the running play's inventory
description:
  - Finds everything that is wrong with the inventory and with the variables given by C(-e), all at once, without
    contacting a host, and fails with one line for each.
  - Among them are unknown and misspelt names, types, ranges, choices, networks that overlap, addresses outside their
    network, missing groups, secrets in plain text, and a release that does not exist.
  - C(nai validate) does the same without a playbook.
version_added: 0.1.0
author: The NAI authors
attributes:
  check_mode:
    support: full
    description: Never changes anything.
  diff_mode:
    support: none
    description: Never changes anything.
"""

EXAMPLES = r"""
- name: Check every variable against the schema
  nubomedia.nai.validate:
"""

RETURN = r"""
errors:
  description: What is wrong, each with file, line, name, value, and what to do.
  returned: always
  type: list
  elements: str
  sample:
    - 'extra vars: nai_releas: is an unknown variable (did you mean nai_release?); correct or delete it'
seconds:
  description: How long the check took.
  returned: always
  type: float
"""
