"""What an application is, from what the orchestrator and the engine say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nai.catalogue import Status
from nai.catalogue.applications import AppStatus
from nai.paas.applications.judging import RECOVERABLE_STEPS, MediaServersSeen, Verdict, judge
from nai.paas.engines.protocol import DeploymentPhase, DeploymentState, Pod

ACTIVE = MediaServersSeen(answered=True, status=Status.ACTIVE)
AWAY = MediaServersSeen(answered=False)
UP = DeploymentState(DeploymentPhase.RUNNING, [Pod("p", running=True)])
RUNNING = Verdict(AppStatus.RUNNING)


def state(phase: DeploymentPhase, *pods: Pod, reason: str = "") -> DeploymentState:
    return DeploymentState(phase, pods, reason)


@pytest.mark.parametrize(
    ("seen", "containers", "status", "words"),
    [
        (ACTIVE, {"app": UP, "db": UP}, "RUNNING", ""),
        (MediaServersSeen(answered=True, status=Status.INACTIVE), {"app": UP}, "RUNNING", ""),
        (MediaServersSeen(answered=True, status=Status.SCALING), {"app": UP}, "SCALING", ""),
        (MediaServersSeen(answered=True), {"app": UP}, "FAILED", "gone from the orchestrator"),
        (MediaServersSeen(answered=True, status=Status.ERROR, task="died"), {"app": UP}, "FAILED", "died"),
        (MediaServersSeen(answered=True, status=Status.TERMINATED), {"app": UP}, "FAILED", "TERMINATED"),
        (AWAY, {"app": UP}, "RUNNING", ""),
        (ACTIVE, None, "PAAS_RESOURCE_MISSING", "does not answer"),
        (AWAY, None, "PAAS_RESOURCE_MISSING", "does not answer"),
        (ACTIVE, {"app": UP, "db": state(DeploymentPhase.MISSING)}, "PAAS_RESOURCE_MISSING", "db: missing"),
        (ACTIVE, {"app": state(DeploymentPhase.FAILED, reason="exit 1")}, "FAILED", "app: exit 1"),
        (ACTIVE, {"app": state(DeploymentPhase.FAILED, Pod("p", running=False, reason="OOM"))}, "FAILED", "app: OOM"),
        (ACTIVE, {"app": state(DeploymentPhase.DEPLOYING)}, "DEPLOYNG", "None of its containers"),
        (ACTIVE, {"app": state(DeploymentPhase.DEPLOYING, Pod("p", running=True))}, "RUNNING", ""),
        (ACTIVE, {"app": UP, "db": state(DeploymentPhase.DEPLOYING)}, "RUNNING", ""),
    ],
)
def test_verdicts(
    seen: MediaServersSeen, containers: dict[str, DeploymentState] | None, status: str, words: str
) -> None:
    verdict = judge(RUNNING, "", seen, containers)
    assert verdict.status == status
    assert words in verdict.reason
    assert verdict.recover is (bool(containers) and "Gone from the engine" in verdict.reason)


def test_it_stays_scaling_while_nobody_says_that_it_is_over() -> None:
    scaling = Verdict(AppStatus.SCALING)
    assert judge(scaling, "", AWAY, {"app": UP}).status == "SCALING"
    assert judge(scaling, "", ACTIVE, {"app": UP}).status == "RUNNING"


SEEN = st.builds(
    MediaServersSeen, answered=st.booleans(), status=st.none() | st.sampled_from(Status), task=st.text(max_size=5)
)
STATES = st.none() | st.dictionaries(
    st.sampled_from(["app", "db"]),
    st.builds(DeploymentState, st.sampled_from(DeploymentPhase), st.lists(st.builds(Pod, st.just("p"), st.booleans()))),
    min_size=1,
)


@given(SEEN, STATES, st.sampled_from(["describe", "order", "media_plane", "services", "build", "built", "deploy"]))
def test_what_failed_on_its_way_up_stays_so(
    seen: MediaServersSeen, containers: dict[str, DeploymentState] | None, step: str
) -> None:
    failed = Verdict(AppStatus.FAILED, "because")
    assert judge(failed, step, seen, containers) == failed


@given(SEEN, STATES, st.sampled_from(AppStatus), st.sampled_from(RECOVERABLE_STEPS))
def test_judged_twice_it_is_the_same(
    seen: MediaServersSeen, containers: dict[str, DeploymentState] | None, former: AppStatus, step: str
) -> None:
    first = judge(Verdict(former), step, seen, containers)
    second = judge(first, step, seen, containers)
    assert (second.status, second.reason) == (first.status, first.reason)
    if first.status is AppStatus.RUNNING:
        assert containers is not None
        assert not any(each.phase in (DeploymentPhase.MISSING, DeploymentPhase.FAILED) for each in containers.values())
    if former is AppStatus.FAILED:
        # Only what is missing while it runs is started again: what fails again and again is not.
        assert not first.recover
