#!/usr/bin/python
# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Documentation of the action `verify_media_plane`, which runs on the control host alone."""

from __future__ import annotations

DOCUMENTATION = r"""
module: verify_media_plane
short_description: Prove that the media plane works
description:
  - Deploys a network service of media servers through the NFVO, registers sessions with the media-server VNFM, speaks
    Kurento's protocol to the media servers, loads them until there are as many as the descriptor allows, takes the load
    away until only the busy one is left, and ends the network service.
  - Everything it makes has a name that starts with C(nai-verify-). What an interrupted run left is removed first;
    whatever fails, everything is removed at the end, unless C(verify_keep) asks to leave it.
  - Each step is shown when it ends, and is kept in a report in JSON below C(.nai/reports).
version_added: 0.1.0
author: The NAI authors
options: {}
attributes:
  check_mode:
    description: Does nothing in check mode, and says so.
    support: full
  diff_mode:
    description: There is no difference to show.
    support: none
"""

EXAMPLES = r"""
- name: Prove that the media plane works
  nubomedia.nai.verify_media_plane:
"""

RETURN = r"""
report:
  description: Path of the report.
  returned: always, but in check mode
  type: str
seconds:
  description: Sum of the steps.
  returned: success
  type: float
figures:
  description: Seconds of deployment and of each step of scaling.
  returned: success
  type: dict
"""
