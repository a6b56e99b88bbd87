"""What the engine needs from around it: what there is, somebody who scales, and a place to write decisions down."""

from typing import Protocol

from nai.vnfm.media_server.autoscaling.fleet import Fleet
from nai.vnfm.media_server.decisions.model import Decision


class Executor(Protocol):
    """Carries decisions out."""

    def fleet(self, vnfr_id: str) -> Fleet:
        """Tells what the VNFR has, from memory."""
        ...

    async def scale(self, decision: Decision) -> None:
        """Carries a decision out and completes it: `state`, `scaled`, `servers`, `error` and `finished_at`.

        Must not raise for what can go wrong with infrastructure: such a decision is FAILED, with `scaled` telling how
        many instances there are more, or less, all the same.
        """
        ...

    async def resume(self, vnfr_id: str) -> Decision | None:
        """Waits for the action of this VNFR that a restart interrupted; None when there was none."""
        ...


class Journal(Protocol):
    """Where decisions that hold are written down; those that scale are, before anything else, by the executor."""

    def note(self, decision: Decision) -> None:
        """Takes a new decision or a changed one; never waits."""
        ...
