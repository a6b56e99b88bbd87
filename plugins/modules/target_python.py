#!/usr/bin/python
# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Documentation of the action `target_python`, which runs on the control host."""

from __future__ import annotations

DOCUMENTATION = r"""
module: target_python
short_description: A Python on which modules can run, on a host that has none
description:
  - Asks the host's interpreter for its version, and runs a shell script there when it does not start or is too old.
  - Runs over the connection alone, with nothing but a shell on the host.
version_added: 0.1.0
author: The NAI authors
options:
  interpreter:
    description: Absolute path of the interpreter, as in C(ansible_python_interpreter).
    type: path
    required: true
  script:
    description: Shell script that brings it; given to C(/bin/sh) on its standard input. It has to bear being repeated.
    type: str
    required: true
attributes:
  action:
    description: Runs on the control host.
    support: full
  check_mode:
    description: Can run in check mode and return what it would change.
    support: full
    details: The interpreter is asked for nevertheless.
  diff_mode:
    description: Returns what changes.
    support: full
"""

EXAMPLES = r"""
- name: Bring a Python that modules can run on
  nubomedia.nai.target_python:
    interpreter: "{{ ansible_python_interpreter }}"
    script: "{{ lookup('ansible.builtin.template', 'software_collection.sh.j2') }}"
"""

RETURN = r"""
present:
  description: Whether it is there now.
  returned: success
  type: bool
version:
  description: Its version; empty without one.
  returned: success
  type: str
  sample: "3.8"
"""
