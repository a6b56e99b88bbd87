"""What only a real engine and a real HAProxy can show."""

from __future__ import annotations

import asyncio
import http.client
import json
import subprocess
import sys
import threading
import time
from dataclasses import asdict

import pytest

from nai.paas.engines.protocol import BuildPhase, BuildRequest, DeploymentPhase
from tests.integration.paas_docker.conftest import Lab
from tests.support.engine_suite import PORT, names_of
from tests.support.repository import ROOT


async def test_from_a_repository_to_a_page_by_https(world: Lab) -> None:
    name = world.new_name()
    await world.engine.build(BuildRequest(name, world.source, environment={"GREETING": 'a "b" $c'}))
    assert (await world.built(name)).phase is BuildPhase.COMPLETE
    # The image has the variables, whatever the containers are told.
    await world.engine.deploy(world.request(name, image=None, environment={}, host_name=world.host_name(name)))
    state = await world.running(name, 2)
    assert (await world.environment(state.pods[0].name))["GREETING"] == 'a "b" $c'
    # HAProxy takes a route over a moment after it was told to.
    page = await world.until(
        "the page", lambda: asyncio.to_thread(world.balancer.get, world.host_name(name)), lambda seen: seen[0] == 200
    )
    assert page == (200, "made from the source")
    status, text = await asyncio.to_thread(world.balancer.get, "nobody.apps.example.org")
    assert (status, "No application" in text) == (404, True)
    redirect = http.client.HTTPConnection("127.0.0.1", world.balancer.http_port, timeout=5)
    redirect.request("GET", "/a?b=c", headers={"Host": world.host_name(name)})
    answer = redirect.getresponse()
    location = f"https://{world.host_name(name)}:{world.balancer.https_port}/a?b=c"
    assert (answer.status, answer.getheader("Location")) == (301, location)
    redirect.close()


async def test_no_request_is_lost_while_containers_are_replaced(world: Lab) -> None:
    name = world.new_name()
    host = world.host_name(name)
    await world.engine.deploy(world.request(name, host_name=host))
    before = names_of(await world.running(name, 2))
    await world.until("the route", world.published, lambda seen: host in seen)
    seen: list[object] = []
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            try:
                # busybox's web server has no page here, and says so.
                seen.append(world.balancer.get(host)[0])
            except (OSError, http.client.HTTPException) as error:
                seen.append(error)
            time.sleep(0.02)

    asking = [threading.Thread(target=ask) for _ in range(2)]
    for thread in asking:
        thread.start()
    await world.engine.restart(name)
    await world.until(
        "all containers are new ones",
        lambda: world.engine.state(name),
        lambda state: state.phase is DeploymentPhase.RUNNING and not names_of(state) & before,
    )
    await asyncio.sleep(1)
    over.set()
    for thread in asking:
        await asyncio.to_thread(thread.join)
    assert len(seen) > 50
    assert set(seen) == {404}
    await world.engine.scale(name, 1)


async def test_applications_reach_their_services_by_name_and_nobody_else(world: Lab) -> None:
    one, other = world.new_name(), world.new_name()
    service = f"{world.new_name()}-{one}"
    for name, application in ((service, one), (one, one), (other, other)):
        await world.engine.deploy(world.request(name, application=application, replicas=1))
    pods = {name: (await world.running(name, 1)).pods[0].name for name in (service, one, other)}
    found = await world.run(pods[one], f"nslookup {world.engine.service_host(service)} 127.0.0.11")
    address = await asyncio.to_thread(_address, world, pods[service])
    assert address in found
    assert address not in await world.run(pods[other], f"nslookup {world.engine.service_host(service)} 127.0.0.11")
    request = f"echo -e 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 3 {address} {PORT}"
    assert "HTTP/1" in await world.run(pods[one], request)
    assert "HTTP/1" not in await world.run(pods[other], request)


def _address(world: Lab, pod: str) -> str:
    networks = world.client.containers.get(pod).attrs["NetworkSettings"]["Networks"]
    return str(next(iter(networks.values()))["IPAddress"])


async def test_a_container_that_ends_by_itself_is_started_again_and_followed(world: Lab) -> None:
    name = world.new_name()
    await world.engine.deploy(world.request(name, replicas=1, host_name=world.host_name(name)))
    pod = (await world.running(name, 1)).pods[0].name
    await world.run(pod, "kill -9 -1")
    assert names_of(await world.running(name, 1)) == {pod}
    await world.until("the route", world.published, lambda seen: world.host_name(name) in seen)


async def test_a_dockerfile_that_never_ends(world: Lab) -> None:
    await world.engine.close()
    world.build_changes = {"seconds": 6}
    await world.open()
    name = world.new_name()
    source = world.dockerfile("endless", "RUN sleep 4711\n")
    begun = time.monotonic()
    await world.engine.build(BuildRequest(name, source))
    state = await world.built(name)
    assert (state.phase, state.reason) == (BuildPhase.FAILED, "It took longer than 6 s")
    assert time.monotonic() - begun < 20
    await world.until("nothing runs", lambda: asyncio.to_thread(_sleepers), lambda seen: not seen)


def _sleepers() -> list[str]:
    found = subprocess.run(["pgrep", "-f", "sleep 4711"], capture_output=True, text=True, check=False)
    return found.stdout.split()


async def test_a_dockerfile_that_fills_the_disk(world: Lab) -> None:
    await world.engine.close()
    world.build_changes = {"disk_megabytes": 50}
    await world.open()
    name = world.new_name()
    slowly = "for i in 1 2 3 4 5 6 7 8 9; do dd if=/dev/zero of=/tmp/$i bs=1024k count=30; sleep 1; done; sleep 4712"
    source = world.dockerfile("full", f"RUN {slowly}\n")
    await world.engine.build(BuildRequest(name, source))
    assert "more than 50 MB" in (await world.built(name)).reason
    steps = world.dockerfile("steps", "".join(f"RUN dd if=/dev/zero of=/{i} bs=1024k count=20\n" for i in range(4)))
    await world.engine.build(BuildRequest(name, steps))
    assert "more than 50 MB" in (await world.built(name)).reason


@pytest.mark.parametrize("seconds", [0, 0.3, 0.8, 1.5, 3])
async def test_a_manager_that_is_killed(world: Lab, seconds: float) -> None:
    name = world.new_name()
    await world.engine.close()
    told = {
        "settings": world.settings().model_dump(mode="json"),
        "request": asdict(world.request(name, host_name=world.host_name(name))),
        "restart": seconds > 1,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.integration.paas_docker.killed", json.dumps(told)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert await asyncio.to_thread(process.stdout.readline) == b"deploying\n"
    await asyncio.sleep(seconds)
    process.kill()
    await asyncio.to_thread(process.communicate)
    await world.open()
    state = await world.running(name, 2)
    filters = {"label": [f"nai.paas={world.prefix}", f"nai.paas.name={name}"]}
    containers = await asyncio.to_thread(world.client.containers.list, all=True, filters=filters)
    assert {each.name for each in containers} == names_of(state)
    await world.until("the route", world.published, lambda seen: world.host_name(name) in seen)
    await world.engine.delete(name)
    assert await asyncio.to_thread(world.client.containers.list, all=True, filters=filters) == []
