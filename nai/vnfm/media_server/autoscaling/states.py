"""The execution states of a VNFR's elasticity (wire contract 2.3) and which may follow which."""

from enum import StrEnum
from typing import Final


class ScalingState(StrEnum):
    """What the engine is doing about one VNFR."""

    INACTIVE = "INACTIVE"
    DETECT = "DETECT"
    DECIDE = "DECIDE"
    SCALE = "SCALE"
    SCALED = "SCALED"
    COOLDOWN = "COOLDOWN"
    TERMINATING = "TERMINATING"
    TERMINATED = "TERMINATED"


FOLLOWING: Final[dict[ScalingState, frozenset[ScalingState]]] = {
    ScalingState.INACTIVE: frozenset(
        (ScalingState.DETECT, ScalingState.SCALE, ScalingState.COOLDOWN, ScalingState.TERMINATING)
    ),
    ScalingState.DETECT: frozenset((ScalingState.INACTIVE, ScalingState.DECIDE, ScalingState.TERMINATING)),
    ScalingState.DECIDE: frozenset((ScalingState.INACTIVE, ScalingState.SCALE, ScalingState.TERMINATING)),
    ScalingState.SCALE: frozenset((ScalingState.SCALED, ScalingState.INACTIVE, ScalingState.TERMINATING)),
    ScalingState.SCALED: frozenset((ScalingState.COOLDOWN, ScalingState.TERMINATING)),
    ScalingState.COOLDOWN: frozenset((ScalingState.INACTIVE, ScalingState.TERMINATING)),
    ScalingState.TERMINATING: frozenset((ScalingState.TERMINATED,)),
    ScalingState.TERMINATED: frozenset(),
}
"""From INACTIVE straight to SCALE or COOLDOWN goes a VNFR whose operation or cooldown a restart interrupted."""


class StateError(RuntimeError):
    """A state that cannot follow the present one: a fault of the engine, never of a user."""


def follow(present: ScalingState, following: ScalingState) -> ScalingState:
    """Checks a change of state.

    Args:
        present: The state now.
        following: The wanted state.

    Returns:
        `following`.

    Raises:
        StateError: If it may not follow.
    """
    if following not in FOLLOWING[present]:
        raise StateError(f"{following} cannot follow {present}.")
    return following
