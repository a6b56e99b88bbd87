"""From recorded samples and a simulation to the answer of a dry run: pure."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise

from nai.vnfm.media_server.autoscaling.policy import Direction
from nai.vnfm.media_server.dry_run.model import DryRunResult, DryRunSample, DryRunStep
from nai.vnfm.media_server.dry_run.simulation import Played, Recorded, Simulated

_MOST_SAMPLES = 500

NOTES = [
    "Points are taken to lie on as few media servers as carry them; how they were spread is not recorded.",
    "Scaling is taken to be done at once.",
]


def report(samples: Sequence[Recorded], course: Simulated, notes: Sequence[str] = ()) -> DryRunResult:
    """Writes the answer.

    Args:
        samples: What was recorded.
        course: What would have come of it.
        notes: What else the reader should know.
    """
    seconds = [after.at - before.at for before, after in pairwise(samples)]
    loads = [sample.points / number for sample, number in zip(samples, course.numbers, strict=True)]
    stride = max(1, -(-len(samples) // _MOST_SAMPLES))
    return DryRunResult(
        since=_time(samples[0].at) if samples else None,
        until=_time(samples[-1].at) if samples else None,
        steps=[_step(played) for played in course.steps],
        samples=[
            DryRunSample(
                at=_time(samples[index].at),
                recorded_instances=samples[index].number,
                recorded_load=samples[index].load,
                instances=course.numbers[index],
                load=loads[index],
            )
            for index in range(0, len(samples), stride)
        ],
        scale_outs=_total(course, Direction.OUT),
        scale_ins=_total(course, Direction.IN),
        instance_seconds=sum(number * each for number, each in zip(course.numbers, seconds, strict=False)),
        recorded_instance_seconds=sum(sample.number * each for sample, each in zip(samples, seconds, strict=False)),
        highest_load=max(loads, default=0.0),
        notes=[*NOTES, *notes],
    )


def _step(played: Played) -> DryRunStep:
    return DryRunStep(
        at=_time(played.at),
        policy=played.evaluation.policy.name,
        value=played.evaluation.low,
        load=played.load,
        instances=played.instances,
        outcome=played.verdict.outcome,
        count=played.verdict.count,
        reason=played.verdict.reason,
    )


def _total(course: Simulated, direction: Direction) -> int:
    return sum(each.verdict.count for each in course.steps if each.evaluation.policy.direction is direction)


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
