"""The steps from what runs to what is wanted: whatever is there, they end, and no request is left without an answer."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from nai.paas.engines.docker.containers import Container
from nai.paas.engines.docker.records import Deployment, Port
from nai.paas.engines.docker.rollout import plan

RECORD = Deployment(name="web", application="web", image="web:1", replicas=2, ports=[Port(port=80, target_port=8080)])
_numbers = itertools.count()


def container(revision: str, state: str = "running", created: int = 0) -> Container:
    number = next(_numbers)
    return Container(
        id=str(number),
        name=f"web-{number}",
        deployment="web",
        application="web",
        revision=revision,
        state=state,
        address="10.0.0.1",
        host=None,
        port=8080,
        created=created,
        record="",
    )


def test_nothing_is_there() -> None:
    steps = plan(RECORD, [], set())
    assert (steps.create, steps.settled) == (2, False)


def test_all_is_as_wanted() -> None:
    there = [container(RECORD.revision), container(RECORD.revision)]
    steps = plan(RECORD, there, {each.id for each in there})
    assert (steps.create, list(steps.remove), steps.settled) == (0, [], True)
    assert not plan(RECORD, there, {there[0].id}).settled


def test_the_oldest_stay_and_those_that_do_not_answer_go() -> None:
    there = [container(RECORD.revision, created=number) for number in range(4)]
    steps = plan(RECORD, there, {there[0].id, there[1].id, there[3].id})
    assert set(steps.remove) == {there[2], there[3]}


def test_a_replacement_is_one_at_a_time() -> None:
    old = [container("old"), container("old")]
    up = {each.id for each in old}
    assert (plan(RECORD, old, up).create, list(plan(RECORD, old, up).remove)) == (1, [])
    new = container(RECORD.revision)
    # It does not answer yet.
    assert (plan(RECORD, [*old, new], up).create, list(plan(RECORD, [*old, new], up).remove)) == (0, [])
    # Now it does.
    steps = plan(RECORD, [*old, new], up | {new.id})
    assert (steps.create, list(steps.remove)) == (0, [old[0]])
    assert plan(RECORD, [old[1], new], up | {new.id}).create == 1


def test_those_that_do_not_answer_are_replaced_at_once() -> None:
    old = [container("old", "restarting"), container("old")]
    steps = plan(RECORD, old, set())
    assert (steps.create, set(steps.remove)) == (2, set(old))


STATES = st.sampled_from(["running", "restarting", "exited", "created", "dead", "paused"])


@given(
    replicas=st.integers(0, 4),
    there=st.lists(st.tuples(st.booleans(), STATES, st.booleans()), max_size=8),
    failing=st.integers(0, 3),
)
def test_it_ends_and_never_has_fewer_than_it_had(
    replicas: int, there: list[tuple[bool, str, bool]], failing: int
) -> None:
    record = RECORD.model_copy(update={"replicas": replicas})
    running = [
        container(record.revision if current else "old", state, number)
        for number, (current, state, _) in enumerate(there)
    ]
    answering = {
        each.id for each, (_, state, answers) in zip(running, there, strict=True) if answers and state == "running"
    }
    for turn in range(60):
        steps = plan(record, running, answering)
        before = len(answering)
        gone = {each.id for each in (*steps.remove, *steps.leftovers)}
        # What goes away leaves as many as are wanted, or as many as there were.
        assert len(answering - gone) >= min(before, replicas)
        running = [each for each in running if each.id not in gone]
        answering -= gone
        new = [container(record.revision, created=100 + turn) for _ in range(steps.create)]
        running += new
        assert len([each for each in running if each.alive]) <= max(replicas + 1, len(there))
        if turn >= failing:
            answering |= {each.id for each in running if each.state == "running"}
        running = [
            each if each.state == "running" else container(each.revision, "running", each.created) for each in running
        ]
        if steps.settled:
            break
    assert steps.settled
    assert len(running) == replicas
    assert all(each.revision == record.revision for each in running)
