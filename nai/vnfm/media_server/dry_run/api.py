"""POST a policy and a span of time: what would it have done to the recorded load?"""

from collections.abc import Sequence
from datetime import UTC, datetime

from fastapi import APIRouter, Request

from nai.core.threads import in_thread
from nai.vnfm.media_server.api.answers import declared
from nai.vnfm.media_server.autoscaling.hysteresis import CONSUMED_CAPACITY
from nai.vnfm.media_server.autoscaling.policy_reader import PolicyError, read_policies
from nai.vnfm.media_server.dry_run.model import DryRunRequest, DryRunResult
from nai.vnfm.media_server.dry_run.report import report
from nai.vnfm.media_server.dry_run.simulation import Recorded, simulate
from nai.vnfm.media_server.errors import BadRequestError, UnknownVnfrError
from nai.vnfm.media_server.history import Sample
from nai.vnfm.media_server.lifecycle.finding import elasticity_of

router = APIRouter(tags=["autoscaling"])


@router.post("/vnfr/{vnfr_id}/dry-run", responses=declared(400, 404, 503))
async def dry_run(request: Request, vnfr_id: str, question: DryRunRequest) -> DryRunResult:
    """Plays the recorded load of a VNFR back against policies; nothing is scaled."""
    elasticity = elasticity_of(request, vnfr_id)
    if not elasticity.parts.plane.knows(vnfr_id):
        raise UnknownVnfrError(vnfr_id)
    vnf = elasticity.parts.vnfs.find(vnfr_id)
    documents = question.policies
    if documents is None:
        documents = [policy.to_wire() for policy in vnf.policies] if vnf is not None else []
    try:
        policies = read_policies(documents)
    except PolicyError as error:
        raise BadRequestError(str(error)) from error
    if not policies:
        raise BadRequestError("There is no policy to try: the VNFR has none, and the request names none.")
    playable = [policy for policy in policies if policy.metrics == {CONSUMED_CAPACITY}]
    notes = [
        f"Policy {policy.name} looks at {', '.join(sorted(policy.metrics - {CONSUMED_CAPACITY}))}, of which there is no"
        " record; it was left out."
        for policy in policies
        if policy not in playable
    ]
    fleet = elasticity.execution.fleet(vnfr_id)
    servers = elasticity.parts.plane.servers(vnfr_id)
    samples = _samples(elasticity.history.number(vnfr_id), elasticity.history.load(vnfr_id), question)
    course = await in_thread(
        simulate,
        playable,
        samples,
        maximum=question.maximum or max(1, sum(unit.maximum for unit in fleet.units)),
        minimum=question.minimum,
        capacity=max((server.max_capacity for server in servers), default=100),
        settings=elasticity.parts.settings,
    )
    return report(samples, course, notes)


def _samples(numbers: Sequence[Sample], loads: Sequence[Sample], question: DryRunRequest) -> list[Recorded]:
    since, until = _seconds(question.since), _seconds(question.until)
    samples = [
        Recorded(number.timestamp_ms / 1000, int(number.value), load.value)
        for number, load in zip(numbers, loads, strict=True)
    ]
    return [each for each in samples if (since is None or each.at >= since) and (until is None or each.at <= until)]


def _seconds(time: datetime | None) -> float | None:
    if time is None:
        return None
    return (time if time.tzinfo is not None else time.replace(tzinfo=UTC)).timestamp()
