"""Which class looks after running services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nai.nfvo.lifecycle.orchestrator import Orchestrator

if TYPE_CHECKING:
    from nai.nfvo.context import Nfvo


def orchestrator_of(nfvo: Nfvo) -> Orchestrator:
    """Return the orchestrator of running services, not started yet."""
    return Orchestrator(nfvo)
