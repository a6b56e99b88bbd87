"""Kill -9 of the generic VNFM at every persisted step of instantiate, scale and terminate: each run converges.

An action is answered after the restart, nothing is allocated twice, and no script runs twice.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.integration.generic_vnfm.instances import Instances
from tests.integration.generic_vnfm.orchestrator import Orchestrator, action, events, instantiate, scripts
from tests.support.kill import ServiceProcess

PACKAGE = scripts(**{name: f"echo {name} >> ran" for name in ("install", "prepare", "start", "end")})
LIFECYCLE = events(INSTANTIATE=["install.sh", "prepare.sh"], START=["start.sh"], TERMINATE=["end.sh"])
RECORDED = "recorded/after"
AFTER = ("run/after", "finished/after", "sent/after")

INSTANTIATE = [
    f"INSTANTIATE/{RECORDED}",
    "INSTANTIATE/granted/after",
    "INSTANTIATE/allocated/after",
    "scripts/vnf-0/delivered/after",
    *(f"INSTANTIATE/vnf-0/{number}/{step}/after" for number in (0, 1) for step in ("begun", "finished")),
    *(f"INSTANTIATE/{step}" for step in AFTER),
]
SCALE_OUT = [
    f"SCALE_OUT/{RECORDED}",
    "SCALE_OUT/allocated/after",
    "scripts/vnf-1/delivered/after",
    *(f"INSTANTIATE/vnf-1/{number}/{step}/after" for number in (0, 1) for step in ("begun", "finished")),
    *(f"START/vnf-1/0/{step}/after" for step in ("begun", "finished")),
    *(f"SCALE_OUT/{step}" for step in AFTER),
]
TERMINATE = [
    f"RELEASE_RESOURCES/{RECORDED}",
    *(f"TERMINATE/vnf-0/0/{step}/after" for step in ("begun", "finished")),
    *(f"RELEASE_RESOURCES/{step}" for step in AFTER),
]

Make = Callable[..., ServiceProcess]


async def live(orchestrator: Orchestrator, service: ServiceProcess, kill_at: str | None) -> None:
    """Takes a VNF through instantiate, scale-out and termination; starts the service again when it has ended."""

    async def ask(message: dict[str, object]) -> dict[str, object]:
        await orchestrator.send(message)
        if kill_at in POINTS[str(message["action"])]:
            service.killed()
            service.start()
        answer = await orchestrator.answer(str(message["occurrenceId"]))
        assert answer["action"] != "ERROR", answer
        return answer

    begun = await ask(instantiate("vnf", lifecycle=LIFECYCLE, vnfPackage=PACKAGE))
    record = begun["virtualNetworkFunctionRecord"]
    assert isinstance(record, dict)
    if kill_at not in INSTANTIATE:
        more = {"component": {"id": "component"}, "vnfPackage": PACKAGE, "extension": {}}
        if kill_at not in TERMINATE:
            await ask(action("SCALE_OUT", record, "out", **more))
    if kill_at not in SCALE_OUT:
        await ask(action("RELEASE_RESOURCES", record, "end"))


POINTS = {"INSTANTIATE": INSTANTIATE, "SCALE_OUT": SCALE_OUT, "RELEASE_RESOURCES": TERMINATE}


@pytest.mark.parametrize("point", [*INSTANTIATE, *SCALE_OUT, *TERMINATE])
async def test_a_killed_vnfm_finishes_what_it_had_begun(
    vnfm: Make, orchestrator: Orchestrator, instances: Instances, point: str
) -> None:
    service = vnfm(kill_at=point).start()
    await live(orchestrator, service, point)
    assert point in service.events()
    expected = ["vnf-0", "vnf-1"] if point in SCALE_OUT else ["vnf-0"]
    assert instances.names() == expected
    ended = [] if point in SCALE_OUT else ["end"]
    assert instances.ran("vnf-0") == ["install", "prepare", *ended]
    if point in SCALE_OUT:
        assert instances.ran("vnf-1") == ["install", "prepare", "start"]


async def test_these_are_all_steps(vnfm: Make, orchestrator: Orchestrator) -> None:
    service = vnfm().start()
    await live(orchestrator, service, None)
    service.stop()
    assert list(dict.fromkeys(service.events())) == [*INSTANTIATE, *SCALE_OUT, *TERMINATE]
