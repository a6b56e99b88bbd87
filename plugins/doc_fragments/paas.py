# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Documentation that the paas_* modules share: where the PaaS manager is, and who asks."""

from __future__ import annotations


class ModuleDocFragment:
    """Options of `module_utils/paas.py`."""

    DOCUMENTATION = r"""
options:
  url:
    description: The PaaS manager's URL without a path, e.g. V(http://127.0.0.1:8081).
    type: str
    required: true
  username:
    description: User of the PaaS manager.
    type: str
    default: admin
  password:
    description: Password of O(username).
    type: str
    required: true
  ca_file:
    description: Certificates (PEM) that vouch for an V(https) O(url); without it the host's own are used.
    type: path
  request_timeout_seconds:
    description: Longest wait for one answer.
    type: int
    default: 60
attributes:
  check_mode:
    description: Tells what would change. Where the PaaS manager does not answer yet, everything would.
    support: full
  diff_mode:
    description: Shows what differs; never a password.
    support: full
"""
