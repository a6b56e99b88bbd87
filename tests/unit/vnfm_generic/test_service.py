"""The whole service on a bus in memory: what agents are asked at each action, what the NFVO is answered."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from nai.core.bus import MemoryBus
from nai.core.clock import ManualClock
from nai.core.migrations import upgrade
from nai.vnfm.generic.service import PACKAGES, create_application
from nai.vnfm.generic.settings import GenericVnfmSettings
from tests.unit.vnfm_generic.peers import PACKAGE, Agent, vnfr
from tests.unit.vnfm_sdk.peers import Nfvo

QUEUE = "nfvo.generic.actions"


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("generic") / "database"
    for package in PACKAGES:
        asyncio.run(upgrade(f"sqlite+aiosqlite:///{path}", package))
    return path


class World:
    """The service and everybody it speaks with."""

    def __init__(self, app: FastAPI, bus: MemoryBus, clock: ManualClock, nfvo: Nfvo) -> None:
        self.app = app
        self.bus = bus
        self.clock = clock
        self.nfvo = nfvo
        self.agents = {f"db-{number}": Agent(bus, f"db-{number}") for number in range(3)}
        self.steps: list[str] = []

    async def ask(self, message: dict[str, Any]) -> dict[str, Any]:
        """Sends an action, and returns the answer to it."""
        before = len(self.nfvo.answers)
        await self.bus.publish(QUEUE, message, mandatory=True)
        async with asyncio.timeout(10):
            while len(self.nfvo.answers) == before:
                await asyncio.sleep(0.002)
                await self.clock.advance(1)
        return self.nfvo.answers[-1]

    def client(self, **headers: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://vnfm", headers=headers)


@pytest.fixture
async def world(migrated: Path, tmp_path: Path) -> AsyncIterator[World]:
    database = tmp_path / "database"
    database.write_bytes(migrated.read_bytes())
    settings = GenericVnfmSettings(
        database_url=SecretStr(f"sqlite+aiosqlite:///{database}"),
        broker_url=SecretStr("none"),
        ems_password=SecretStr("s"),
        api_token=SecretStr("token"),
        ems_broker_address="192.0.2.1",
    )
    bus, clock = MemoryBus(), ManualClock()
    nfvo = Nfvo(bus)
    await nfvo.serve()
    steps: list[str] = []
    app = create_application(settings, bus=bus, clock=clock, observer=steps.append)
    async with app.router.lifespan_context(app):
        world = World(app, bus, clock, nfvo)
        world.steps = steps
        for agent in world.agents.values():
            await agent.appear()
        yield world


def message(action: str, **more: Any) -> dict[str, Any]:
    return {"action": action, "vnfr": vnfr(), "virtualNetworkFunctionRecord": vnfr(), **more}


def instantiation(**more: Any) -> dict[str, Any]:
    scripts = [{"event": "INSTANTIATE", "lifecycle_events": ["instantiate.sh", "second.sh"]}]
    vnfd = {"name": "db", "type": "db", "vdu": [{"vnfc": [{}]}], "lifecycle_event": scripts}
    return {
        "action": "INSTANTIATE",
        "vnfd": vnfd,
        "vnfInstanceName": "db",
        "extension": {"nsr-id": "nsr", "vnfr-id": "vnfr-1", "brokerIp": "127.0.0.1"},
        "vnfPackage": PACKAGE,
        **more,
    }


async def test_instantiate_brings_the_scripts_and_runs_them_in_order(world: World) -> None:
    answer = await world.ask(instantiation())
    assert answer["action"] == "INSTANTIATE"
    agent = world.agents["db-0"]
    assert agent.saved == {"instantiate.sh": "echo 1"}
    assert agent.executed == ["instantiate.sh", "second.sh"]
    assert world.agents["db-1"].requests == []
    history = answer["virtualNetworkFunctionRecord"]["lifecycle_event_history"]
    assert [each["description"] for each in history] == [
        "instantiate.sh on db-0: status 0",
        "second.sh on db-0: status 0",
    ]
    allocate = world.nfvo.requests[1]
    assert "broker_ip = 192.0.2.1" in allocate["userdata"]
    assert "INSTANTIATE/db-0/1/finished/after" in world.steps


async def test_an_agent_that_does_not_come_is_named(world: World) -> None:
    await world.agents["db-0"].vanish()
    answer = await world.ask(instantiation())
    assert answer["action"] == "ERROR"
    assert answer["exception"]["detailMessage"].startswith("no ems for hostame: db-0")
    assert "250 s" in answer["exception"]["detailMessage"]


async def test_an_agent_that_comes_late_is_waited_for(world: World) -> None:
    agent = world.agents["db-0"]
    await agent.vanish()
    asking = asyncio.create_task(world.ask(instantiation()))
    while world.clock.now().minute < 1:
        await asyncio.sleep(0.002)
    await agent.appear()
    assert (await asking)["action"] == "INSTANTIATE"


@pytest.mark.parametrize(
    ("action", "script", "state"),
    [("START", "start.sh", "ACTIVE"), ("STOP", "stop.sh", "INACTIVE")],
)
async def test_start_and_stop_run_in_all_instances_that_do_not_stand_by(
    world: World, action: str, script: str, state: str
) -> None:
    record = vnfr(3)
    record["vdu"][0]["vnfc_instance"][2]["state"] = "STANDBY"
    answer = await world.ask({"action": action, "virtualNetworkFunctionRecord": record})
    assert [agent.executed for agent in world.agents.values()] == [[script], [script], []]
    instances = answer["virtualNetworkFunctionRecord"]["vdu"][0]["vnfc_instance"]
    assert [instance["state"] for instance in instances] == [state, state, "STANDBY"]


@pytest.mark.parametrize(
    ("action", "script", "state"), [("START", "start.sh", "ACTIVE"), ("STOP", "stop.sh", "INACTIVE")]
)
async def test_start_and_stop_of_one_instance(world: World, action: str, script: str, state: str) -> None:
    answer = await world.ask(message(action, vnfcInstance={"hostname": "db-1"}))
    assert [agent.executed for agent in world.agents.values()] == [[], [script], []]
    assert answer["vnfcInstance"]["state"] == state


async def test_modify_gives_what_the_source_provides(world: World) -> None:
    record = vnfr(1, lifecycle_event=[{"event": "CONFIGURE", "lifecycle_events": ["shard_config.sh"]}])
    sources = {
        "shard": {"parameters": {"a": {"parameters": {"net": "10.0.0.9"}}, "b": {"parameters": {"net": "10.0.0.8"}}}}
    }
    answer = await world.ask({"action": "MODIFY", "vnfr": record, "vnfrd": {"vnfcParameters": sources}})
    assert answer["action"] == "MODIFY"
    requests = world.agents["db-0"].requests
    assert [request["env"]["shard_net"] for request in requests] == ["10.0.0.9", "10.0.0.8"]
    assert requests[0]["env"]["net"] == "10.0.0.0"
    assert requests[0]["timeout"] == 300


async def test_scale_out_takes_the_new_instance_through_its_life(world: World) -> None:
    record = vnfr(2)
    dependency = {"parameters": {"config": {"parameters": {"id": "x"}}}}
    answer = await world.ask(
        {
            "action": "SCALE_OUT",
            "virtualNetworkFunctionRecord": record,
            "component": {"id": "component"},
            "vnfPackage": PACKAGE,
            "dependency": dependency,
            "extension": {},
        }
    )
    assert answer["action"] == "SCALED"
    assert answer["vnfcInstance"]["hostname"] == "db-2"
    assert answer["vnfcInstance"]["state"] == "ACTIVE"
    assert world.agents["db-2"].executed == ["instantiate.sh", "configure.sh", "start.sh", "scale_out.sh"]
    assert world.agents["db-0"].executed == []


async def test_a_standby_instance_is_not_started_until_it_takes_over(world: World) -> None:
    scaling = message("SCALE_OUT", component={"id": "component"}, mode="standby", extension={}, vnfPackage=PACKAGE)
    answer = await world.ask(scaling)
    assert answer["vnfcInstance"]["state"] == "STANDBY"
    assert world.agents["db-2"].executed == ["instantiate.sh", "scale_out.sh"]
    record = answer["virtualNetworkFunctionRecord"]
    healed = await world.ask(
        {
            "action": "HEAL",
            "virtualNetworkFunctionRecord": record,
            "vnfcInstance": {"hostname": "db-2"},
            "cause": "switchToStandby",
        }
    )
    assert healed["vnfcInstance"]["state"] == "ACTIVE"
    assert world.agents["db-2"].executed[-1] == "start.sh"


async def test_scale_in_tells_those_that_stay(world: World) -> None:
    record = vnfr(3)
    leaving = record["vdu"][0]["vnfc_instance"][2]
    await world.ask({"action": "SCALE_IN", "virtualNetworkFunctionRecord": record, "vnfcInstance": leaving})
    assert [agent.executed for agent in world.agents.values()] == [["scale_in.sh"], ["scale_in.sh"], []]
    variables = world.agents["db-0"].requests[0]["env"]
    assert (variables["removing_net"], variables["removing_hostname"]) == ("10.0.0.2", "db-2")


async def test_heal_and_update(world: World) -> None:
    await world.ask(message("HEAL", vnfcInstance={"hostname": "db-1"}, cause="serviceDown"))
    assert world.agents["db-1"].requests[0]["env"]["cause"] == "serviceDown"
    await world.ask(message("UPDATE", script={"name": "new.sh", "payload": "eA=="}))
    for name in ("db-0", "db-1"):
        assert world.agents[name].saved == {"new.sh": "x"}
        assert world.agents[name].executed[-1] == "update.sh"


async def test_a_script_that_fails_ends_in_an_error_with_its_words_and_those_after_it_do_not_run(world: World) -> None:
    world.agents["db-0"].results["instantiate.sh"] = {"output": "", "err": "no space left\n", "status": 7}
    answer = await world.ask(instantiation())
    assert answer["action"] == "ERROR"
    assert answer["exception"]["detailMessage"] == (
        "EMS (db-0) had the following error: instantiate.sh ended with status 7: no space left"
    )
    assert world.agents["db-0"].executed == ["instantiate.sh"]


async def test_the_errors_of_all_instances_are_told(world: World) -> None:
    for name in ("db-0", "db-1"):
        world.agents[name].results["start.sh"] = {"output": f"port of {name} taken", "err": "", "status": 1}
    text = (await world.ask(message("START")))["exception"]["detailMessage"]
    assert "port of db-0 taken" in text
    assert "port of db-1 taken" in text


async def test_an_agent_that_is_lost_while_a_script_runs_ends_in_an_error_that_says_so(world: World) -> None:
    agent = world.agents["db-0"]
    agent.silent = True
    asking = asyncio.create_task(world.ask(message("START", vnfcInstance={"hostname": "db-0"})))
    while not agent.requests:
        await asyncio.sleep(0.002)
    await agent.vanish()
    text = (await asking)["exception"]["detailMessage"]
    assert text == "the agent of db-0 was lost during start.sh and did not come back within 250 s"
    async with world.client(authorization="Bearer token") as client:
        (run,) = (await client.get("/api/v1/vnfrs/vnfr-1/scripts")).json()
    assert run["status"] == -1


async def test_an_agent_that_comes_back_is_asked_again_and_runs_nothing_twice(world: World) -> None:
    agent = world.agents["db-0"]
    agent.silent = True
    asking = asyncio.create_task(world.ask(message("START", vnfcInstance={"hostname": "db-0"})))
    while not agent.requests:
        await asyncio.sleep(0.002)
    await agent.vanish()
    await asyncio.sleep(0.05)
    agent.silent = False
    await agent.appear()
    assert (await asking)["action"] == "START"
    assert agent.executed == ["start.sh"]


async def test_an_agent_that_never_answers_is_given_up(world: World) -> None:
    world.agents["db-0"].silent = True
    text = (await world.ask(message("START", vnfcInstance={"hostname": "db-0"})))["exception"]["detailMessage"]
    assert text == "the agent of db-0 did not answer start.sh within 300 s"


async def test_terminate_runs_its_scripts_and_lets_an_instance_without_agent_go(world: World) -> None:
    await world.agents["db-1"].vanish()
    answer = await world.ask(message("RELEASE_RESOURCES"))
    assert answer["action"] == "RELEASE_RESOURCES"
    assert world.agents["db-0"].executed == ["terminate.sh"]


async def test_a_termination_that_fails_is_an_error_once(world: World) -> None:
    world.agents["db-0"].results["terminate.sh"] = {"output": "", "err": "busy", "status": 1}
    first = await world.ask(message("RELEASE_RESOURCES", occurrenceId="first"))
    assert "busy" in first["exception"]["detailMessage"]
    second = await world.ask(message("RELEASE_RESOURCES", occurrenceId="second"))
    assert second["action"] == "RELEASE_RESOURCES"


async def test_output_is_kept_and_readable(world: World) -> None:
    world.agents["db-0"].results["start.sh"] = {"output": "up\nand running\n", "err": "a warning\n", "status": 0}
    await world.ask(message("START", vnfcInstance={"hostname": "db-0"}))
    async with world.client(authorization="Bearer token") as client:
        (run,) = (
            await client.get("/api/v1/vnfrs/vnfr-1/scripts", params={"hostname": "db-0", "event": "START"})
        ).json()
        assert (run["script"], run["status"], run["event"]) == ("start.sh", 0, "START")
        whole = (await client.get(f"/api/v1/vnfrs/vnfr-1/scripts/{run['id']}")).json()
        assert whole["output"] == "up\nand running\n"
        assert "hostname" in whole["variables"]
        log = (await client.get("/api/v1/vnfrs/vnfr-1/instances/db-0/log")).json()
        assert log["output"][1:] == ["up", "and running"]
        assert log["error"][1:] == ["a warning"]
        assert (await client.get("/api/v1/vnfrs/vnfr-1/scripts/999")).status_code == 404
        assert (await client.get("/api/v1/vnfrs/other/scripts")).json() == []
        assert (await client.get("/ready")).status_code == 200
    lines = await world.bus.call(
        "nfvo.vnfm.logs", {"vnfrName": "db", "hostname": "db-0", "nsrId": "nsr", "lines": 2}, timeout=5
    )
    assert lines["answer"]["output"] == ["up", "and running"]


@pytest.mark.parametrize("header", [{}, {"authorization": "Bearer wrong"}, {"authorization": "Basic token"}])
async def test_nobody_reads_without_the_token(world: World, header: dict[str, str]) -> None:
    async with world.client(**header) as client:
        assert (await client.get("/api/v1/vnfrs/vnfr-1/scripts")).status_code == 401


async def test_a_broker_that_instances_cannot_reach_is_named(migrated: Path, tmp_path: Path) -> None:
    database = tmp_path / "database"
    database.write_bytes(migrated.read_bytes())
    settings = GenericVnfmSettings(
        database_url=SecretStr(f"sqlite+aiosqlite:///{database}"),
        broker_url=SecretStr("none"),
        ems_password=SecretStr("s"),
    )
    bus, clock = MemoryBus(), ManualClock()
    nfvo = Nfvo(bus)
    await nfvo.serve()
    app = create_application(settings, bus=bus, clock=clock)
    async with app.router.lifespan_context(app):
        answer = await World(app, bus, clock, nfvo).ask(instantiation())
    assert "instances cannot reach the broker at 127.0.0.1" in answer["exception"]["detailMessage"]


def test_the_settings_of_the_management_interface_belong_together() -> None:
    with pytest.raises(ValueError, match="belong together"):
        GenericVnfmSettings(
            database_url=SecretStr("x"),
            broker_url=SecretStr("x"),
            ems_password=SecretStr("x"),
            management_url="http://m",
        )


async def test_a_termination_ends_what_waits_for_an_agent(world: World) -> None:
    world.agents["db-0"].silent = True
    await world.bus.publish(QUEUE, message("START", vnfcInstance={"hostname": "db-0"}))
    while not world.agents["db-0"].requests:
        await asyncio.sleep(0.002)
    world.agents["db-0"].silent = False
    answer = await world.ask(message("RELEASE_RESOURCES"))
    assert answer["action"] == "RELEASE_RESOURCES"
    assert [each["action"] for each in world.nfvo.answers] == ["RELEASE_RESOURCES"]
