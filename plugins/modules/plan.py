#!/usr/bin/python
# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Documentation of the action `plan`, which runs on the control host alone."""

from __future__ import annotations

DOCUMENTATION = r"""
module: plan
short_description: Show what site.yml would change
description:
  - Runs site.yml in check mode with the inventories, variables, limits and tags of this run, and shows per stage and
    host which files, packages, services, migrations and objects would change; on a fresh host as well.
  - Hosts that cannot be reached are named with what the plan lacks of them. What C(precheck) would stop at is shown as
    a warning, and the plan goes on.
  - Names are shown and never contents, so there is no secret in it. C(ansible-playbook --check --diff site.yml) shows
    contents with masked secrets.
version_added: 0.1.0
author: The NAI authors
options: {}
attributes:
  check_mode:
    description: It never changes anything.
    support: full
  diff_mode:
    description: Names are shown; site.yml itself shows contents.
    support: none
"""

EXAMPLES = r"""
- name: Show what site.yml would change
  nubomedia.nai.plan:
"""

RETURN = r"""
changes:
  description: Number of single things that would change.
  returned: when the run could be planned
  type: int
report:
  description: Path of the report in JSON on the control host.
  returned: when the run could be planned
  type: str
"""
