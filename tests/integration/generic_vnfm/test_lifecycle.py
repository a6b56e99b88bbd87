"""A VNF's whole life with real agents over a real broker; what agents may reach; what goes wrong."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import aio_pika
import pytest
import requests
from aio_pika.exceptions import AMQPError

from nai.core.threads import in_thread
from tests.integration.generic_vnfm.instances import Instances
from tests.integration.generic_vnfm.orchestrator import Orchestrator, action, events, instantiate, scripts
from tests.support.kill import ServiceProcess
from tests.support.services import Broker, free_port

Make = Callable[..., ServiceProcess]

NOTE = 'echo "{0} $PORT $internal_nubomedia" >> ran; echo "{0} done"'
PACKAGE = scripts(**{name: NOTE.format(name) for name in ("install", "start", "stop", "leave", "join")})
LIFECYCLE = events(
    INSTANTIATE=["install.sh"], START=["start.sh"], STOP=["stop.sh"], SCALE_IN=["leave.sh"], TERMINATE=["stop.sh"]
)
PORT = {"configurations": {"name": "c", "configurationParameters": [{"confKey": "PORT", "value": "27018"}]}}


async def test_a_whole_life(vnfm: Make, orchestrator: Orchestrator, instances: Instances) -> None:
    service = vnfm().start()
    begun = await orchestrator.ask(instantiate("whole", lifecycle=LIFECYCLE, number=2, vnfPackage=PACKAGE, vnfd=PORT))
    assert begun["action"] == "INSTANTIATE", begun
    record = begun["virtualNetworkFunctionRecord"]
    record = (await orchestrator.ask(action("START", record, "start")))["virtualNetworkFunctionRecord"]
    scaled = await orchestrator.ask(
        action("SCALE_OUT", record, "out", component={"id": "component"}, vnfPackage=PACKAGE, extension={})
    )
    assert scaled["vnfcInstance"]["hostname"] == "whole-2"
    record = scaled["virtualNetworkFunctionRecord"]
    await orchestrator.ask(action("SCALE_IN", record, "in", vnfcInstance=scaled["vnfcInstance"]))
    await orchestrator.ask(action("STOP", record, "stop"))
    ended = await orchestrator.ask(action("RELEASE_RESOURCES", record, "end"))
    assert ended["action"] == "RELEASE_RESOURCES"
    assert instances.ran("whole-0") == [
        f"{name} 27018 127.0.0.1" for name in ("install", "start", "leave", "stop", "stop")
    ]
    assert instances.ran("whole-2") == [f"{name} 27018 127.0.0.3" for name in ("install", "start", "stop", "stop")]
    runs = requests.get(f"{service.url}/api/v1/vnfrs/id-of-whole/scripts", timeout=5).json()
    assert {run["status"] for run in runs} == {0}
    log = requests.get(f"{service.url}/api/v1/vnfrs/id-of-whole/instances/whole-0/log", timeout=5).json()
    assert "install done" in log["output"]


async def test_scripts_of_a_git_repository(
    vnfm: Make, orchestrator: Orchestrator, instances: Instances, tmp_path: Path
) -> None:
    repository = tmp_path / "git" / "scripts"
    repository.mkdir(parents=True)
    (repository / "install.sh").write_text("echo cloned >> ran\n")
    git = ["git", "-C", str(repository), "-c", "user.name=n", "-c", "user.email=e@e"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "scripts"]):
        subprocess.run([*git, *command], check=True)
    port = free_port()
    daemon = subprocess.Popen(
        ["git", "daemon", "--export-all", "--listen=127.0.0.1", f"--port={port}", f"--base-path={tmp_path / 'git'}"]
    )
    try:
        vnfm().start()
        begun = await orchestrator.ask(
            instantiate(
                "cloned",
                lifecycle=events(INSTANTIATE=["install.sh"]),
                vnfd={"vnfPackageLocation": f"git://127.0.0.1:{port}/scripts"},
            )
        )
    finally:
        daemon.terminate()
        daemon.wait()
    assert begun["action"] == "INSTANTIATE", begun
    assert instances.ran("cloned-0") == ["cloned"]


async def test_an_agent_reaches_its_own_queues_only(
    vnfm: Make, orchestrator: Orchestrator, instances: Instances, broker: Broker
) -> None:
    vnfm().start()
    begun = await orchestrator.ask(instantiate("fenced", lifecycle=events(INSTANTIATE=[]), vnfPackage=PACKAGE))
    assert begun["action"] == "INSTANTIATE"
    lines = (instances.root("fenced-0") / "etc/openbaton/ems/conf.ini").read_text().splitlines()
    values = dict(line.split(" = ", 1) for line in lines if " = " in line)
    assert values["username"] == "ems-id-of-fenced"
    url = f"amqp://{values['username']}:{values['password']}@127.0.0.1:{broker.port}/"
    connection = await aio_pika.connect(url)
    try:
        for forbidden in ("nfvo.generic.actions", "vnfm.other-0.actions", "vnfm.nfvo.actions"):
            channel = await connection.channel()
            with pytest.raises(AMQPError, match="ACCESS_REFUSED"):
                await channel.declare_queue(forbidden, durable=True, auto_delete=True)
            channel = await connection.channel()
            with pytest.raises(AMQPError, match="ACCESS_REFUSED"):
                await channel.default_exchange.publish(aio_pika.Message(b"{}"), forbidden)
            channel = await connection.channel()
            exchange = await channel.get_exchange("openbaton-exchange", ensure=False)
            with pytest.raises(AMQPError, match="ACCESS_REFUSED"):
                await exchange.publish(aio_pika.Message(b"{}"), forbidden)
    finally:
        await connection.close()
    await orchestrator.ask(action("RELEASE_RESOURCES", begun["virtualNetworkFunctionRecord"], "end"))
    with pytest.raises(AMQPError):
        await aio_pika.connect(url)


async def test_a_script_that_fails_and_one_that_takes_too_long(vnfm: Make, orchestrator: Orchestrator) -> None:
    vnfm(script_seconds=1).start()
    package = scripts(fails="echo no space >&2; exit 7", long="sleep 60")
    failed = await orchestrator.ask(
        instantiate("fails", lifecycle=events(INSTANTIATE=["fails.sh"]), vnfPackage=package)
    )
    assert failed["action"] == "ERROR"
    assert failed["exception"]["detailMessage"] == (
        "EMS (fails-0) had the following error: fails.sh ended with status 7: no space"
    )
    late = await orchestrator.ask(instantiate("late", lifecycle=events(INSTANTIATE=["long.sh"]), vnfPackage=package))
    assert "status 124: long.sh was killed: it ran longer than 1 s" in late["exception"]["detailMessage"]


async def test_an_agent_that_is_lost(vnfm: Make, orchestrator: Orchestrator, instances: Instances) -> None:
    vnfm(ems_lost_seconds=3).start()
    package = scripts(slow="echo began >> ran; sleep 30")
    await orchestrator.send(instantiate("lost", lifecycle=events(INSTANTIATE=["slow.sh"]), vnfPackage=package))
    await until_ran(instances, "lost-0", ["began"])
    instances.kill_agent("lost-0")
    answer = await orchestrator.answer("lost/instantiate")
    assert answer["action"] == "ERROR"
    assert "the agent of lost-0 was lost during slow.sh" in answer["exception"]["detailMessage"]


async def test_an_agent_that_comes_back(vnfm: Make, orchestrator: Orchestrator, instances: Instances) -> None:
    vnfm().start()
    package = scripts(slow="echo began >> ran; sleep 3; echo ended >> ran")
    await orchestrator.send(instantiate("back", lifecycle=events(INSTANTIATE=["slow.sh"]), vnfPackage=package))
    await until_ran(instances, "back-0", ["began"])
    instances.kill_agent("back-0")
    instances.start_agent("back-0")
    answer = await orchestrator.answer("back/instantiate")
    assert answer["action"] == "INSTANTIATE", answer


async def test_a_broker_that_restarts_in_the_middle(
    vnfm: Make, orchestrator: Orchestrator, instances: Instances, broker: Broker
) -> None:
    vnfm(request_again_seconds=5).start()
    package = scripts(slow="echo began >> ran; sleep 4; echo ended >> ran", more="echo more >> ran")
    lifecycle = events(INSTANTIATE=["slow.sh", "more.sh"], START=["more.sh"])
    await orchestrator.send(instantiate("steady", lifecycle=lifecycle, vnfPackage=package))
    await until_ran(instances, "steady-0", ["began"])
    await in_thread(broker.restart)
    answer = await orchestrator.answer("steady/instantiate")
    assert answer["action"] == "INSTANTIATE", answer
    assert instances.ran("steady-0") == ["began", "ended", "more"]
    started = await orchestrator.ask(action("START", answer["virtualNetworkFunctionRecord"], "start"))
    assert started["action"] == "START"


async def until_ran(instances: Instances, hostname: str, lines: list[str]) -> None:
    end = time.monotonic() + 60
    while instances.ran(hostname) != lines:
        assert time.monotonic() < end, instances.ran(hostname)
        await asyncio.sleep(0.05)
