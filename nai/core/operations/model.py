"""What an operation occurrence is, and what it is made of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from nai.core.operations.context import StepContext


class OperationState(StrEnum):
    """ETSI SOL003, LcmOperationStateType."""

    STARTING = "STARTING"
    PROCESSING = "PROCESSING"
    COMPLETED = "COMPLETED"
    FAILED_TEMP = "FAILED_TEMP"
    FAILED = "FAILED"
    ROLLING_BACK = "ROLLING_BACK"
    ROLLED_BACK = "ROLLED_BACK"


UNFINISHED = (OperationState.STARTING, OperationState.PROCESSING, OperationState.ROLLING_BACK)
"""States that a service takes up again when it starts."""


@dataclass(frozen=True)
class Operation:
    """An operation occurrence as the database has it.

    Attributes:
        id: UUID.
        kind: What is done; the service registered its steps.
        subject: What it is done to; two operations on one subject never run at once.
        state: Where it stands.
        step: The step that is under way, or at which it failed; empty once it is over.
        data: What the steps hand on to each other; JSON.
        error: Why it failed; None otherwise.
        created_at: When it was asked for.
        updated_at: When a step last ended.
    """

    id: str
    kind: str
    subject: str
    state: OperationState
    step: str
    data: dict[str, Any]
    error: str | None
    created_at: datetime
    updated_at: datetime

    @property
    def over(self) -> bool:
        """Whether nothing runs any more (it may still be retried after FAILED_TEMP)."""
        return self.state not in UNFINISHED


@dataclass(frozen=True)
class Step:
    """One step of a kind of operation.

    Attributes:
        name: Unique within the kind.
        run: Does it. It may be run again after a crash in its middle, and must then find what is there already.
        undo: Takes back what `run` did, wholly or in part; may be run twice. None where there is nothing to take back.
    """

    name: str
    run: Callable[[StepContext], Awaitable[None]]
    undo: Callable[[StepContext], Awaitable[None]] | None = None


@dataclass(frozen=True)
class Kind:
    """The steps of a kind of operation, in order, and who is told of its end."""

    name: str
    steps: Sequence[Step]
    failed: Callable[[StepContext, Exception], Awaitable[None]] | None = None
    rolled_back: Callable[[StepContext], Awaitable[None]] | None = None

    def position(self, step: str) -> int:
        """Index of a step.

        Raises:
            ValueError: There is no such step: another release of the service wrote it.
        """
        for index, candidate in enumerate(self.steps):
            if candidate.name == step:
                return index
        raise ValueError(f"{self.name} has no step {step!r}; it has {', '.join(known.name for known in self.steps)}")
