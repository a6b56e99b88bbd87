"""What an application that nothing is being done to really is. Pure (wire contracts 1.4; seed, figure 40)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nai.catalogue import Status
from nai.catalogue.applications import AppStatus
from nai.paas.applications.containers import first_reason
from nai.paas.engines.protocol import DeploymentPhase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nai.paas.engines.protocol import DeploymentState

RECOVERABLE_STEPS = ("", "run", "restart", "resize")
"""Where an application that has failed may come back by itself; elsewhere something has to be done first."""


@dataclass(frozen=True)
class MediaServersSeen:
    """What the orchestrator says of an application's media servers.

    Attributes:
        answered: Whether it says anything.
        status: Of their service; None: there is none.
        task: What the service says it is busy with, or why it failed.
    """

    answered: bool
    status: Status | None = None
    task: str = ""


@dataclass(frozen=True)
class Verdict:
    """What an application is.

    Attributes:
        status: Its status.
        reason: Why, where that is worth a word.
        recover: Whether its containers are gone and have to be started again.
    """

    status: AppStatus
    reason: str = ""
    recover: bool = False


def judge(
    former: Verdict, failed_in: str, media_servers: MediaServersSeen, containers: Mapping[str, DeploymentState] | None
) -> Verdict:
    """Say what an application is.

    Args:
        former: What it was so far.
        failed_in: Step in which its last operation failed.
        media_servers: What the orchestrator says.
        containers: What the engine says, by name: the application first, then its services; None: it says nothing.
    """
    failed = former.status is AppStatus.FAILED
    if failed and failed_in not in RECOVERABLE_STEPS:
        return former
    if media_servers.answered:
        if media_servers.status is None:
            return Verdict(AppStatus.FAILED, "Its media servers are gone from the orchestrator; redeploy it")
        if media_servers.status in (Status.ERROR, Status.TERMINATED):
            told = media_servers.task or f"the orchestrator says {media_servers.status}"
            return Verdict(AppStatus.FAILED, f"Its media servers have failed: {told}")
    if containers is None:
        return former if failed else Verdict(AppStatus.PAAS_RESOURCE_MISSING, "The engine does not answer")
    names, states = list(containers), list(containers.values())
    missing = first_reason(names, states, DeploymentPhase.MISSING)
    if missing is not None:
        if failed:
            return former
        return Verdict(AppStatus.PAAS_RESOURCE_MISSING, f"Gone from the engine: {missing}", recover=True)
    failing = first_reason(names, states, DeploymentPhase.FAILED)
    if failing is not None:
        return Verdict(AppStatus.FAILED, f"Its containers have failed: {failing}")
    if media_servers.status is Status.SCALING or (not media_servers.answered and former.status is AppStatus.SCALING):
        return Verdict(AppStatus.SCALING)
    if states[0].phase is DeploymentPhase.DEPLOYING and not any(pod.running for pod in states[0].pods):
        return Verdict(AppStatus.DEPLOYING, "None of its containers answers")
    return Verdict(AppStatus.RUNNING)
