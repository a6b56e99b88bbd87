"""States of a container as Nova's power states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nova.compute import power_state


def state_of(container: Mapping[str, Any]) -> int:
    """Returns Nova's power state of a container that the engine describes in full."""
    state = container["State"]
    if state.get("Paused"):
        return int(power_state.PAUSED)
    if state.get("Running"):
        return int(power_state.RUNNING)
    return int(power_state.SHUTDOWN)
