# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Which datapath of Open vSwitch a host uses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


def openvswitch_datapath(wanted: str, host: Mapping[str, Any]) -> str:
    """Open vSwitch's `datapath_type` for a host.

    Args:
        wanted: `auto`, `system` (in the kernel) or `netdev` (in user space).
        host: The host's `nai_host` facts.

    Returns:
        `system` or `netdev`; for `auto` the kernel's where the kernel has one.
    """
    if wanted != "auto":
        return wanted
    return "system" if host["openvswitch_kernel"] else "netdev"


class FilterModule:
    """Filters of this file, for Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Names and functions."""
        return {"openvswitch_datapath": openvswitch_datapath}
