# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Control side of `packstack`: masks secrets in what the module shows."""

from __future__ import annotations

from ansible_collections.nubomedia.nai.plugins.plugin_utils.masking import MaskedAction


class ActionModule(MaskedAction):  # type: ignore[misc]  # Ansible publishes no types
    """Runs the module `packstack` on the host."""
