"""An application's life, as it is seen from outside."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from nai.catalogue.applications import Application
from nai.core.operations import OperationState
from nai.paas.applications import store
from nai.paas.applications.tables import ApplicationRow
from nai.paas.engines.protocol import BuildPhase, DeploymentPhase
from nai.paas.errors import (
    ApplicationNotFoundError,
    DuplicatedError,
    FieldsError,
    LimitError,
    NameStructureError,
    WrongStateError,
)
from tests.unit.paas.applications.world import World, unused


async def running(world: World, **changes: Any) -> Application:
    """An application that runs."""
    made = await world.create(**changes)
    return await world.is_(made.id or "", "RUNNING")


async def failed(world: World, **changes: Any) -> Application:
    """An application that has failed."""
    made = await world.create(**changes)
    return await world.is_(made.id or "", "FAILED", step_seconds=2)


async def test_from_a_git_address_to_running_and_to_nothing(world: World) -> None:
    made = await world.create()
    assert (made.status, made.created_by, made.created_at) == ("CREATED", "anna", "Oct 1, 2016 12:00:00 PM")
    now = await world.is_(made.id or "", "RUNNING")
    os_name = now.os_name or ""
    assert now.route == f"{os_name}.apps.example"
    assert now.status_reason is None
    assert now.resource_ok
    assert now.pod_list == [f"{os_name}-0", f"{os_name}-1"]
    assert list(now.durations) == [
        "CREATED",
        "INITIALIZING",
        "INITIALISED",
        "BUILDING",
        "BUILD_OK",
        "DEPLOYNG",
        "RUNNING",
    ]
    assert now.durations["INITIALIZING"] >= 2.5
    group = now.media_server_group
    assert group is not None
    assert (group.status, len(group.hosts)) == ("ACTIVE", 1)
    assert group.hosts[0].floating_ip == "192.0.2.10"
    (database,) = now.services
    assert (database.status, database.os_name) == ("RUNNING", database.os_name)
    deployed = world.engine.deployments[os_name]
    assert deployed["host_name"] == now.route
    assert deployed["environment"] == {
        "VNFR_ID": group.ms_vnfr_id,
        "VNFM_IP": "192.0.2.9",
        "VNFM_PORT": "9000",
        "ROUTE": now.route,
        "DB_HOST": f"{database.os_name}-svc",
        "DB_MARIADB_ROOT_PASSWORD": "hidden",
    }
    built = world.engine.builds[os_name]
    assert "hidden" not in str(built)
    assert built["environment"]["VNFR_ID"] == group.ms_vnfr_id
    assert {each["endpoint"] for each in world.orchestrator.subscriptions.values()} == {
        "nfvo.paas.nsr.create",
        "nfvo.paas.nsr.error",
    }
    assert world.engine.calls["build"] == 1
    ended = await world.manager.orders.delete(made.id or "", world.project_id)
    assert (ended.status, ended.status_reason) == ("PAAS_RESOURCE_MISSING", "Is being deleted")
    for order in (world.manager.orders.redeploy, world.manager.orders.restart):
        with pytest.raises(WrongStateError, match="being deleted"):
            await order(made.id or "", world.project_id)
    await world.manager.orders.delete(made.id or "", world.project_id)
    assert await world.manager.has_applications(world.project_id)
    await world.gone(made.id or "")
    assert world.left() == []
    assert not await world.manager.has_applications(world.project_id)


async def test_a_cloud_repository_is_told_to_build_and_application(world: World) -> None:
    now = await running(world, cloudRepository=True)
    group = now.media_server_group
    assert group is not None
    assert group.cloud_repository_vnfr_id
    for content in (world.engine.builds, world.engine.deployments):
        variables = content[now.os_name or ""]["environment"]
        assert (variables["CLOUDREPO_IP"], variables["CLOUDREPO_PORT"]) == ("192.0.2.10", "7676")


async def test_an_event_is_faster_than_a_look(world: World) -> None:
    world.orchestrator.boot_seconds = 100.0
    made = await world.create()
    identifier = made.id or ""
    await world.is_(identifier, "INITIALIZING")
    # By now it looks each 5 s only.
    await world.until(lambda: _passed(world, 99.0))
    await world.settle()
    service = world.orchestrator.service_of(made.os_name or "")
    world.orchestrator.boot_seconds = 1.0
    for _ in range(20):
        await world.orchestrator.tell(service, "INSTANTIATE_FINISH")
        await world.settle()
        now = await world.show(identifier)
        if now is not None and now.status != "INITIALIZING":
            break
    assert now is not None
    assert now.status != "INITIALIZING"
    await world.orchestrator.tell({"id": "somebody else's"}, "INSTANTIATE_FINISH")
    await world.bus.publish("nfvo.paas.nsr.error", {"payload": "odd"})
    await world.bus.join()


async def _passed(world: World, seconds: float) -> bool:
    return world.clock.monotonic() >= seconds


async def test_why_it_failed_is_told(world: World) -> None:
    world.orchestrator.refusal = "the flavour d1.medium does not exist"
    now = await failed(world)
    assert "described" in (now.status_reason or "")
    assert "d1.medium does not exist" in (now.status_reason or "")
    world.orchestrator.refusal, world.orchestrator.fails = None, "No valid host was found"
    await world.manager.orders.redeploy(now.id or "", None)
    now = await world.is_(now.id or "", "FAILED")
    assert now.status_reason == "Its media servers did not come up: No valid host was found"
    # A service in ERROR is replaced by the next attempt.
    world.orchestrator.fails = None
    world.engine.build_phase = BuildPhase.FAILED
    await world.manager.orders.redeploy(now.id or "", None)
    now = await world.is_(now.id or "", "FAILED")
    assert now.status_reason == "Its build failed: no Dockerfile"
    assert len(world.orchestrator.services) == 1
    # It stays so: nothing but a new build helps.
    await world.clock.advance(30)
    await world.settle()
    assert (await world.is_(now.id or "", "FAILED")).status_reason == now.status_reason
    world.engine.build_phase = BuildPhase.COMPLETE
    await world.manager.orders.redeploy(now.id or "", None)
    await world.is_(now.id or "", "RUNNING")
    assert len(world.orchestrator.services) == 1
    operations = await world.manager.operations.list(now.id)
    assert [each.state for each in operations] == [*[OperationState.FAILED] * 3, OperationState.COMPLETED]


async def test_containers_that_fail_are_given_up_after_a_while(world: World) -> None:
    world.engine.deployment_phase = DeploymentPhase.FAILED
    now = await failed(world)
    assert (now.status_reason or "").startswith("Its containers do not run: the application: failed; db: failed")
    assert now.durations["DEPLOYNG"] >= 10
    # They come up after all.
    world.engine.deployment_phase = DeploymentPhase.RUNNING
    await world.is_(now.id or "", "RUNNING")


async def test_limits_of_time(tmp_path: Path, empty_database: Path) -> None:
    limits = {"build_seconds": 60, "deploy_seconds": 40, "media_plane_seconds": 50}
    world = World(tmp_path, empty_database, limits=limits)
    await world.start()
    world.orchestrator.boot_seconds = None
    slow = await failed(world, name="slow")
    assert "after 50 s" in (slow.status_reason or "")
    world.orchestrator.boot_seconds = 1.0
    world.engine.build_phase = BuildPhase.RUNNING
    endless = await failed(world, name="endless")
    assert endless.status_reason == "Its build failed: it was not over after 60 s"
    # What would go on for ever is gone.
    assert endless.os_name not in world.engine.builds
    world.engine.build_phase = BuildPhase.COMPLETE
    world.engine.deployment_phase = DeploymentPhase.DEPLOYING
    lame = await failed(world, name="lame")
    assert (lame.status_reason or "").startswith("Its containers do not run: not after 40 s")
    await world.stop()


async def test_the_engine_is_away(world: World) -> None:
    world.engine.reachable = False
    made = await world.create()
    now = await world.is_(made.id or "", "PAAS_RESOURCE_MISSING")
    assert (now.status_reason or "").startswith("Waits for the engine")
    await world.restart()
    await world.clock.advance(60)
    world.engine.reachable = True
    now = await world.is_(made.id or "", "RUNNING")
    assert now.status_reason is None
    assert now.durations["PAAS_RESOURCE_MISSING"] >= 60
    # Away while it runs.
    world.engine.reachable = False
    await world.is_(made.id or "", "PAAS_RESOURCE_MISSING", step_seconds=20)
    world.engine.reachable = True
    await world.is_(made.id or "", "RUNNING")
    assert len(await world.manager.operations.list(made.id)) == 1
    # Away while it is deleted.
    world.engine.reachable = False
    await world.manager.orders.delete(made.id or "", None)
    for _ in range(40):
        await world.settle()
        await world.clock.advance(1)
    now = await world.is_(made.id or "", "PAAS_RESOURCE_MISSING")
    assert now.status_reason == "Is being deleted. Waits for the engine: The engine does not answer"
    assert world.orchestrator.services == {}
    await world.restart()
    world.engine.reachable = True
    await world.gone(made.id or "")
    assert world.left() == []


async def test_the_orchestrator_is_away(world: World) -> None:
    world.orchestrator.away = True
    made = await world.create()
    await world.until(lambda: _waits(world, made.id or "", "Waits for the orchestrator"))
    await world.restart()
    world.orchestrator.away = False
    await world.is_(made.id or "", "RUNNING")
    # Away while it runs: what it says is not known, and nothing follows from that.
    world.orchestrator.away = True
    for _ in range(20):
        await world.settle()
        await world.clock.advance(20)
    await world.is_(made.id or "", "RUNNING")
    await world.manager.orders.delete(made.id or "", None)
    await world.until(lambda: _waits(world, made.id or "", "Is being deleted. Waits for the orchestrator"))
    world.orchestrator.away = False
    await world.gone(made.id or "")
    assert world.left() == []


async def _waits(world: World, identifier: str, text: str) -> bool:
    now = await world.show(identifier)
    return now is not None and (now.status_reason or "").startswith(text)


async def test_an_order_whose_answer_is_lost_is_carried_out_once(world: World) -> None:
    world.orchestrator.late = True
    made = await world.create()
    await world.is_(made.id or "", "RUNNING")
    assert world.orchestrator.lost == 1
    assert len(world.orchestrator.services) == 1


async def test_deleted_while_it_is_deployed(world: World) -> None:
    world.orchestrator.boot_seconds = None
    made = await world.create()
    await world.is_(made.id or "", "INITIALIZING")
    await world.settle()
    await world.manager.orders.delete(made.id or "", None)
    await world.gone(made.id or "")
    assert world.left() == []
    first, second = await world.manager.operations.list(made.id)
    assert (first.state, second.state) == (OperationState.FAILED, OperationState.COMPLETED)


async def test_a_deletion_that_is_refused_can_be_tried_again(world: World) -> None:
    now = await running(world)
    world.engine.refusals["delete"] = "the disk is read-only"
    await world.manager.orders.delete(now.id or "", None)
    now = await world.is_(now.id or "", "FAILED")
    assert now.status_reason == "It could not be deleted: the disk is read-only"
    assert world.orchestrator.services == {}
    world.engine.refusals.clear()
    await world.manager.orders.delete(now.id or "", None)
    await world.gone(now.id or "")
    assert world.left() == []


async def test_restart_and_replicas(world: World) -> None:
    now = await running(world)
    identifier = now.id or ""
    world.engine.deployment_phase = DeploymentPhase.DEPLOYING
    started = await world.manager.orders.restart(identifier, world.project_id)
    assert started.status == "DEPLOYNG"
    await world.settle()
    with pytest.raises(WrongStateError, match="wait"):
        await world.manager.orders.redeploy(identifier, world.project_id)
    world.engine.deployment_phase = DeploymentPhase.RUNNING
    await world.is_(identifier, "RUNNING")
    assert world.engine.calls["restart"] == 1
    resized = await world.manager.orders.resize(identifier, world.project_id, 5)
    assert (resized.status, resized.replicas_number) == ("SCALING", 5)
    now = await world.is_(identifier, "RUNNING")
    assert len(now.pod_list) == 5
    with pytest.raises(FieldsError):
        await world.manager.orders.resize(identifier, world.project_id, 0)
    world.engine.deployments.clear()
    with pytest.raises(LimitError, match="containers"):
        await world.manager.orders.resize(identifier, world.project_id, 100)
    world.engine.refusals["restart"] = "no"
    await world.manager.orders.restart(identifier, world.project_id)
    now = await world.is_(identifier, "FAILED")
    assert now.status_reason == "Its containers could not be restarted: no"
    with pytest.raises(WrongStateError, match="RUNNING"):
        await world.manager.orders.resize(identifier, world.project_id, 1)
    for order in (world.manager.orders.redeploy, world.manager.orders.restart, world.manager.orders.delete):
        for identifier_, project in ((unused(), world.project_id), (identifier, "another"), ("x" * 300, None)):
            with pytest.raises(ApplicationNotFoundError):
                await order(identifier_, project)


async def test_a_revision_is_kept_as_it_comes(world: World) -> None:
    now = await running(world, revision="v1")
    assert now.revision == "v1"
    with pytest.raises(FieldsError, match="revision"):
        await world.manager.orders.redeploy(now.id or "", None, "x" * 256)
    await world.manager.orders.redeploy(now.id or "", None, "v2")
    assert (await world.is_(now.id or "", "RUNNING")).revision == "v2"
    await world.manager.orders.redeploy(now.id or "", None)
    assert (await world.is_(now.id or "", "RUNNING")).revision == "v2"


async def test_what_has_never_run_is_not_restarted(world: World) -> None:
    world.engine.build_phase = BuildPhase.FAILED
    now = await failed(world)
    with pytest.raises(WrongStateError, match="redeploy"):
        await world.manager.orders.restart(now.id or "", None)


async def test_a_build_that_the_engine_loses_is_begun_again(world: World) -> None:
    world.engine.build_phase = BuildPhase.RUNNING
    made = await world.create()
    await world.is_(made.id or "", "BUILDING")
    world.engine.builds.clear()
    await world.until(lambda: _calls(world, "build", 2))
    world.engine.build_phase = BuildPhase.COMPLETE
    await world.is_(made.id or "", "RUNNING")


async def _calls(world: World, method: str, number: int) -> bool:
    return world.engine.calls[method] >= number


async def test_what_is_gone_from_the_engine_comes_back(world: World) -> None:
    now = await running(world)
    world.engine.deployments.clear()
    await world.until(lambda: _deployed(world, [now.os_name or "", now.services[0].os_name or ""]), step_seconds=10)
    await world.is_(now.id or "", "RUNNING")
    kinds = [each.kind for each in await world.manager.operations.list(now.id)]
    assert kinds == ["deploy", "recover"]


async def _deployed(world: World, names: list[str]) -> bool:
    return set(names) <= set(world.engine.deployments)


async def test_what_fails_while_it_runs_comes_back_by_itself(world: World) -> None:
    now = await running(world)
    identifier, os_name = now.id or "", now.os_name or ""
    world.engine.deployment_phase = DeploymentPhase.FAILED
    now = await world.is_(identifier, "FAILED", step_seconds=20)
    assert (now.status_reason or "").startswith("Its containers have failed: the application")
    world.engine.deployment_phase = DeploymentPhase.RUNNING
    await world.is_(identifier, "RUNNING")
    # By an event it is seen at once.
    service = world.orchestrator.service_of(os_name)
    service |= {"status": "ERROR", "task": "the instance died"}
    await world.orchestrator.tell(service, "ERROR")
    await world.bus.join()
    now = await world.is_(identifier, "FAILED", most_seconds=1)
    assert now.status_reason == "Its media servers have failed: the instance died"
    service["status"] = "ACTIVE"
    await world.is_(identifier, "RUNNING")
    # The media servers' manager scales by itself.
    service |= {"status": "SCALING", "since": world.clock.monotonic()}
    service["vnfr"][0]["vdu"][0]["vnfc"].append({})
    await world.orchestrator.tell(service, "ERROR")
    await world.bus.join()
    now = await world.is_(identifier, "SCALING", most_seconds=1)
    now = await world.is_(identifier, "RUNNING")
    assert now.media_server_group is not None
    assert len(now.media_server_group.hosts) == 2
    world.orchestrator.services.clear()
    now = await world.is_(identifier, "FAILED", step_seconds=20)
    assert "gone from the orchestrator" in (now.status_reason or "")
    await world.manager.orders.redeploy(identifier, None)
    await world.is_(identifier, "RUNNING")
    assert len(world.orchestrator.services) == 1


async def test_many_at_once(world: World) -> None:
    made = await asyncio.gather(*(world.create(name=f"app{number}", services=[]) for number in range(6)))
    for each in made:
        await world.is_(each.id or "", "RUNNING", most_seconds=60)
    assert len(world.orchestrator.services) == 6
    # All that run are looked at with one question to the orchestrator.
    before = world.orchestrator.calls["GET ns-records/…"]
    await world.manager.watch.look_at_running()
    assert world.orchestrator.calls["GET ns-records/…"] == before
    await world.manager.orders.delete_all(world.project_id)
    for each in made:
        await world.gone(each.id or "")
    assert world.left() == []


async def test_names_are_a_projects(world: World) -> None:
    await world.create()
    with pytest.raises(DuplicatedError):
        await world.create()
    outcomes = await asyncio.gather(*(world.create(name="same") for _ in range(4)), return_exceptions=True)
    assert sum(isinstance(each, Application) for each in outcomes) == 1
    with pytest.raises(NameStructureError):
        await world.create(name="a.b")
    world.addresses["git.example.org"] = ["10.0.0.1"]
    world.addresses["registry.example.org"] = ["127.0.0.1"]
    service = {"name": "db", "dockerURL": "registry.example.org/x"}
    with pytest.raises(FieldsError) as caught:
        await world.create(name="other", services=[service])
    assert set(caught.value.fields) == {"gitURL", "services.0.dockerURL"}
    world.addresses.clear()
    with pytest.raises(FieldsError, match="no secret"):
        await world.create(name="other", gitURL="git@git.example.org:a/b", secretName="key-unknown")


async def test_the_quota_of_a_project(tmp_path: Path, empty_database: Path) -> None:
    quota = {"applications": 3, "instances": 5, "replicas": 4}
    world = World(tmp_path, empty_database, default_quota=quota)
    await world.start()
    outcomes = await asyncio.gather(
        *(world.create(name=f"app{n}", services=[]) for n in range(4)), return_exceptions=True
    )
    assert sum(isinstance(each, Application) for each in outcomes) == 2
    assert all("containers: 4 of 4" in str(each) for each in outcomes if isinstance(each, Exception))
    await world.stop()


async def test_a_turn_servers_password_is_for_the_media_servers_only(world: World) -> None:
    turn = {
        "turnServerActivate": True,
        "turnServerUrl": "turn.example.org:3478",
        "turnServerUsername": "u",
        "turnServerPassword": "very hidden".replace(" ", "-"),
    }
    now = await running(world, **turn)
    assert now.turn_server_password is None
    assert "very-hidden" in str(world.orchestrator.descriptors)
    assert b"very-hidden" not in (world.directory / "paas.db").read_bytes()
    async with world.database.session() as session:
        assert "very-hidden" not in await store.documents(session, world.clock.now(), project_id=None)


async def test_what_comes_up_late_under_the_name_of_something_deleted_is_removed(world: World) -> None:
    now = await running(world)
    other = await running(world, name="other")
    service = dict(world.orchestrator.service_of(now.os_name or ""))
    deployment = dict(world.engine.deployments[now.os_name or ""])
    double = dict(world.orchestrator.service_of(other.os_name or "")) | {"id": "double"}
    await world.manager.orders.delete(now.id or "", None)
    await world.gone(now.id or "")
    world.orchestrator.services |= {"late": service | {"id": "late", "status": "ACTIVE"}, "double": double}
    for name in (now.os_name or "", f"a00000000-{now.os_name}", "b11111111", "not-ours"):
        world.engine.deployments[name] = deployment
    stranger = service | {"id": "stranger", "name": "somebody-elses", "status": "ACTIVE"}
    world.orchestrator.services["stranger"] = stranger
    await world.manager.watch.sweep()
    await world.clock.advance(10)
    await world.manager.watch.sweep()
    assert {each for each in world.engine.deployments if each not in {other.os_name, other.services[0].os_name}} == {
        "b11111111",
        "not-ours",
    }
    assert set(world.orchestrator.services) == {world.orchestrator.service_of(other.os_name or "")["id"], "stranger"}
    # After a month nobody remembers.
    world.clock = world.paas.clock = type(world.clock)(world.clock.now() + timedelta(days=31))
    world.manager.watch._paas.clock = world.clock
    await world.manager.watch.sweep()
    async with world.database.session() as session:
        assert await store.former(session) == []


async def test_what_a_crash_left_between_two_transactions_is_put_right(world: World) -> None:
    lost, over, deleted = [(await running(world, name=name)).id or "" for name in ("lost", "over", "deleted")]
    operation = (await world.manager.operations.list(over))[0]
    await world.stop()
    async with world.database.session() as session:
        for identifier, operation_id in ((lost, unused()), (over, operation.id)):
            await session.execute(
                update(ApplicationRow).where(ApplicationRow.id == identifier).values(operation_id=operation_id)
            )
    await world.database.dispose()
    await world.start()
    now = await world.show(lost)
    assert now is not None
    assert (now.status, now.status_reason) == ("FAILED", "The operation on the application was lost")
    for identifier in (lost, over):
        await world.manager.orders.restart(identifier, None)
        await world.is_(identifier, "RUNNING")
    # Killed right after the deletion was ordered, and before what was under way was given up.
    world.orchestrator.boot_seconds = None
    world.orchestrator.services.clear()
    await world.manager.orders.redeploy(deleted, None)
    await world.settle()
    cancel, world.manager.operations.cancel = world.manager.operations.cancel, _nothing  # type: ignore[assignment,method-assign]
    await world.manager.orders.delete(deleted, None)
    world.manager.operations.cancel = cancel  # type: ignore[method-assign]
    await world.restart()
    await world.gone(deleted)


async def _nothing(*_: Any) -> None:
    """Do nothing."""
