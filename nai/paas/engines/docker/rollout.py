"""The next step from the containers that are there to those that are wanted. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from nai.paas.engines.docker.containers import Container
    from nai.paas.engines.docker.records import Deployment


@dataclass(frozen=True)
class Plan:
    """One step.

    Attributes:
        leftovers: Containers that never started, or have ended for good.
        create: How many to make.
        remove: Containers to take out of the route, and to remove then.
        settled: Whether everything is as it is wanted.
    """

    leftovers: Sequence[Container]
    create: int
    remove: Sequence[Container]
    settled: bool


def plan(record: Deployment, there: Collection[Container], answering: Collection[str]) -> Plan:
    """What to do next.

    Containers of another revision are replaced one after the other, a new one first: at no time do fewer answer than
    are wanted, or than did. Those that do not answer go first.

    Args:
        record: What is wanted.
        there: All containers of the deployment.
        answering: Ids of those that answer.
    """
    leftovers = [each for each in there if not each.alive and each.state != "removing"]
    alive = [each for each in there if each.alive]
    current = [each for each in alive if each.revision == record.revision]
    old = [each for each in alive if each.revision != record.revision]
    up = [each for each in current if each.id in answering]
    old_up = [each for each in old if each.id in answering]

    missing = max(record.replicas - len(current), 0)
    create = missing
    if old_up:
        # One more than are wanted at a time, and the next one when it answers and another one has gone for it.
        create = min(missing, 1) if len(up) == len(current) and len(alive) <= record.replicas else 0

    # Those that answer last, the oldest of them last of all: they are kept.
    surplus = sorted(current, key=lambda each: (each.id in answering, -each.created, each.name))
    remove = surplus[: max(len(current) - record.replicas, 0)]
    remove += [each for each in old if each.id not in answering]
    spare = max(len(old_up) + len(up) - record.replicas, 0)
    remove += old_up[:spare]

    return Plan(
        leftovers=leftovers,
        create=create,
        remove=remove,
        settled=not (leftovers or create or remove or old or missing) and len(up) == record.replicas,
    )
