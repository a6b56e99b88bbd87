"""Containers: how they are made, replaced, adopted and removed."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from nai.paas.engines.docker.settings import DockerSettings
from nai.paas.engines.errors import EngineRefusedError
from nai.paas.engines.protocol import DeploymentPhase, PublishedPort
from tests.support.engine_suite import PORT, names_of
from tests.unit.paas.engines_docker.conftest import DockerWorld


def config(world: DockerWorld, pod: str) -> dict[str, Any]:
    return world.daemon._named(pod).config


async def test_a_container_has_limits_and_few_rights(world: DockerWorld) -> None:
    await world.engine.deploy(world.request("web", replicas=1))
    pod = (await world.running("web", 1)).pods[0].name
    host = config(world, pod)["HostConfig"]
    assert host["Memory"] == host["MemorySwap"] == 1024 * 10**6
    assert host["NanoCpus"] == 10**9
    assert host["PidsLimit"] == 1024
    assert host["CapDrop"] == ["AUDIT_WRITE", "MKNOD", "NET_RAW"]
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert host["RestartPolicy"] == {"Name": "unless-stopped"}
    assert host["LogConfig"] == {"Type": "json-file", "Config": {"max-size": "10240k", "max-file": "3"}}
    assert host["NetworkMode"] == "nai-paas-web"
    assert host.get("Privileged") in (None, False)
    assert "Binds" not in host
    assert config(world, pod)["NetworkingConfig"]["EndpointsConfig"]["nai-paas-web"]["Aliases"] == ["web-svc"]


async def test_an_application_has_a_network_for_itself_and_its_services(world: DockerWorld) -> None:
    await world.engine.deploy(world.request("db-web", application="web", replicas=1))
    await world.engine.deploy(world.request("web"))
    await world.engine.deploy(world.request("other"))
    for name, replicas in (("db-web", 1), ("web", 2), ("other", 2)):
        state = await world.running(name, replicas)
        network = "nai-paas-other" if name == "other" else "nai-paas-web"
        assert all(world.daemon._named(pod.name).networks == [network] for pod in state.pods)
    await world.engine.delete("web")
    assert "nai-paas-web" in world.daemon.networks
    await world.engine.delete("db-web")
    assert "nai-paas-web" not in world.daemon.networks
    await world.engine.delete("other")
    assert world.daemon.networks == {}
    assert world.daemon.containers == {}


async def test_networks_out_of_a_range_of_their_own(closed_world: DockerWorld) -> None:
    world = closed_world
    world.changes = {"subnets": "10.200.0.0/25", "subnet_prefix": 26}
    await world.open()
    for name in ("one", "two"):
        await world.engine.deploy(world.request(name, replicas=1))
        await world.running(name, 1)
    subnets = {each["IPAM"]["Config"][0]["Subnet"] for each in world.daemon.networks.values()}
    assert subnets == {"10.200.0.0/26", "10.200.0.64/26"}
    await world.engine.deploy(world.request("three", replicas=1))
    assert "All networks of 10.200.0.0/25 are taken" in (await world.failed("three")).reason
    await world.engine.delete("one")
    await world.running("three", 1)
    await world.close()


def test_subnets_that_have_no_room() -> None:
    with pytest.raises(ValueError, match="no room"):
        DockerSettings.model_validate({"kind": "docker", "subnets": "10.200.0.0/28", "subnet_prefix": 26})


async def test_a_network_of_that_name_that_is_somebody_elses(world: DockerWorld) -> None:
    world.daemon.networks["nai-paas-web"] = {"Id": "1", "Name": "nai-paas-web", "Labels": None, "IPAM": {}}
    await world.engine.deploy(world.request("web"))
    assert "this manager has not made it" in (await world.failed("web")).reason
    await world.engine.delete("web")


async def test_while_containers_are_replaced_enough_answer(world: DockerWorld) -> None:
    await world.engine.deploy(world.request("web", replicas=3, host_name="web.example.org"))
    await world.running("web", 3)
    fewest = [3]

    def look(request: str) -> None:
        running = [each for each in world.daemon.containers.values() if each.state == "running"]
        fewest.append(len(running))
        # What HAProxy sends requests to runs.
        if request.startswith("POST /containers/") and request.endswith("/stop"):
            loaded = (world.directory / "loaded").read_text()
            assert f" {world.daemon.containers[request.split('/')[2]].address}:" not in loaded

    world.daemon.before = look
    before = {each.name for each in world.daemon.containers.values()}
    await world.engine.restart("web")
    await world.until(
        "all are new",
        lambda: world.engine.state("web"),
        lambda seen: seen.phase is DeploymentPhase.RUNNING and not names_of(seen) & before,
    )
    assert min(fewest) == 3
    assert max(fewest) == 4


async def test_a_new_revision_that_never_answers_leaves_the_old_one_alone(world: DockerWorld) -> None:
    await world.engine.deploy(world.request("web", host_name="web.example.org"))
    before = names_of(await world.running("web", 2))
    await world.engine.deploy(world.request("web", image="crashes:1", host_name="web.example.org"))
    state = await world.failed("web")
    assert before < names_of(state)
    assert "has ended 3 times: it ended with status 3: no licence found" in state.reason
    assert len(await world.published()) == 1
    await world.engine.deploy(world.request("web", host_name="web.example.org"))
    assert names_of(await world.running("web", 2)) == before


async def test_one_that_does_not_listen_is_waited_for(world: DockerWorld) -> None:
    world.doors.all_closed = True
    await world.engine.deploy(world.request("web", replicas=1, host_name="web.example.org"))
    state = await world.until("it is there", lambda: world.engine.state("web"), lambda seen: len(seen.pods) == 1)
    assert state.phase is DeploymentPhase.DEPLOYING
    assert "does not answer on port 8080" in state.reason
    assert await world.published() == set()
    world.doors.all_closed = False
    await world.running("web", 1)
    assert await world.published() == {"web.example.org"}


async def test_one_without_a_port_runs_when_it_stays_up(world: DockerWorld) -> None:
    world.doors.all_closed = True
    await world.engine.deploy(world.request("job", ports=[]))
    await world.running("job", 2)
    await world.engine.deploy(world.request("dns", ports=[PublishedPort(53, 53, "UDP")]))
    await world.running("dns", 2)


async def test_a_container_that_cannot_start_is_removed_and_tried_again(world: DockerWorld) -> None:
    world.daemon.refusals[r"POST /containers/.*/start"] = (400, 'exec: "nosuch": executable file not found in $PATH')
    await world.engine.deploy(world.request("web"))
    assert "executable file not found" in (await world.failed("web")).reason
    assert len(world.daemon.containers) <= 1
    world.daemon.refusals.clear()
    await world.engine.deploy(world.request("web", replicas=1))
    await world.running("web", 1)


async def test_containers_without_records_are_taken_over(closed_world: DockerWorld) -> None:
    world = closed_world
    await world.open()
    await world.engine.deploy(world.request("web", host_name="web.example.org"))
    await world.engine.scale("web", 3)
    before = names_of(await world.running("web", 3))
    await world.abandon()
    shutil.rmtree(world.state_directory)
    await world.open()
    assert names_of(await world.running("web", 3)) == before
    await world.engine.restart("web")
    await world.until(
        "all are new",
        lambda: world.engine.state("web"),
        lambda seen: seen.phase is DeploymentPhase.RUNNING and not names_of(seen) & before,
    )
    await world.close()


async def test_somebody_elses_containers_are_left_alone(closed_world: DockerWorld) -> None:
    world = closed_world
    await world.open()
    await world.engine.deploy(world.request("web"))
    await world.running("web", 2)
    await world.abandon()
    world.changes = {"owner": "another", "state_directory": world.directory / "another"}
    await world.open()
    assert await world.engine.names() == set()
    await world.engine.delete("web")
    assert len(world.daemon.containers) == 2
    await world.close()


async def test_no_containers_at_all(world: DockerWorld) -> None:
    await world.engine.deploy(world.request("web", host_name="web.example.org"))
    await world.running("web", 2)
    await world.engine.scale("web", 0)
    await world.running("web", 0)
    assert await world.published() == set()
    await world.engine.scale("web", 1)
    await world.running("web", 1)


async def test_requests_that_are_refused(world: DockerWorld) -> None:
    wrong = (
        ({"host_name": "bad host"}, "no host name"),
        ({"host_name": "a\nbackend x"}, "no host name"),
        ({"replicas": -1}, "no fewer"),
        ({"environment": {"A=B": "1"}}, "no name of a variable"),
        ({"ports": [PublishedPort(80, 80, "SCTP")]}, "no protocol"),
        ({"ports": [PublishedPort(80, 8080)], "application": "other"}, "same, 8080"),
        ({"ports": [PublishedPort(53, 53, "UDP")], "host_name": "web.example.org"}, "TCP port"),
        ({"application": "../other"}, "is no name"),
    )
    for changes, text in wrong:
        with pytest.raises(EngineRefusedError, match=text):
            await world.engine.deploy(world.request("web", **changes))
    with pytest.raises(EngineRefusedError, match="no fewer"):
        await world.engine.scale("web", -1)
    # An application's own port may be another one outside: only its route leads there.
    await world.engine.deploy(world.request("web", ports=[PublishedPort(443, PORT)], host_name="web.example.org"))
    await world.running("web", 2)


async def test_nothing_is_published_without_a_router(closed_world: DockerWorld) -> None:
    world = closed_world
    world.changes = {"router": None}
    await world.open()
    with pytest.raises(EngineRefusedError, match="no router"):
        await world.engine.deploy(world.request("web", host_name="web.example.org"))
    await world.engine.deploy(world.request("web"))
    await world.running("web", 2)
    await world.engine.delete("web")
    await world.close()


async def test_a_registry_that_is_away_does_not_keep_containers_alive(world: DockerWorld) -> None:
    await world.engine.deploy(world.request("web"))
    await world.running("web", 2)
    record = world.state_directory / "deployments" / "web.json"
    assert record.stat().st_mode & 0o777 == 0o600
    world.daemon.refusals[r"GET /images/json"] = (503, "not ready")
    with pytest.raises(Exception, match="not ready"):
        await world.engine.delete("web")
    assert world.daemon.containers == {}
    assert (await world.engine.state("web")).phase is DeploymentPhase.MISSING
    assert record.exists()
    # It is seen to when that is over, whether anybody asks again or not.
    world.daemon.refusals.clear()
    await world.until("it is gone", world.engine.names, lambda names: "web" not in names)
