"""HAProxy's file: what is in it, and that nothing wrong ever gets to HAProxy."""

from __future__ import annotations

import asyncio
from pathlib import Path

from nai.paas.engines.docker.routes import Server, render
from nai.paas.engines.docker.settings import RouterSettings
from nai.paas.engines.protocol import DeploymentPhase
from tests.unit.paas.engines_docker.conftest import DockerWorld

HOST = "web.example.org"


def test_the_file() -> None:
    servers = [Server("web-b", "10.0.0.3", 8443, tls=True), Server("web-a", "10.0.0.2", 8080)]
    text = render({HOST: servers, "down.example.org": []}, RouterSettings(https_port=8443, http_port=8080))
    assert "bind *:8443 ssl crt /etc/haproxy/nai-paas.pem alpn h2,http/1.1" in text
    assert "bind *:8080" in text
    assert "location https://%[req.hdr(host),field(1,:)]:8443%[capture.req.uri]" in text
    assert "backend nai_app_down.example.org from nai_paas" in text
    lines = [line.strip() for line in text.splitlines() if line.strip().startswith("server ")]
    assert lines[0].startswith("server web-a 10.0.0.2:8080 cookie ")
    assert lines[1].endswith(" ssl verify none sni req.hdr(host)")
    assert text == render(
        {"down.example.org": [], HOST: servers[::-1]}, RouterSettings(https_port=8443, http_port=8080)
    )
    plain = render({}, RouterSettings(http_port=None))
    assert "nai_paas_http" not in plain
    assert ":443" in plain


async def test_containers_that_want_tls_get_it(world: DockerWorld) -> None:
    world.doors.tls.add(8080)
    await world.engine.deploy(world.request("web", replicas=1, host_name=HOST))
    await world.running("web", 1)
    assert ":8080 cookie" in world.routes_file.read_text()
    assert "ssl verify none" in world.routes_file.read_text()


async def test_one_reload_for_each_change_and_none_without(world: DockerWorld) -> None:
    await world.engine.deploy(world.request("web", host_name=HOST))
    await world.running("web", 2)
    count = world.reloads()
    await world.reopen()
    await world.running("web", 2)
    await asyncio.sleep(0.2)
    assert world.reloads() == count


async def test_a_container_that_moves_is_followed(world: DockerWorld) -> None:
    await world.engine.deploy(world.request("web", replicas=1, host_name=HOST))
    pod = (await world.running("web", 1)).pods[0].name
    world.daemon.moves(pod)
    address = world.daemon._named(pod).address

    async def loaded() -> str:
        return (world.directory / "loaded").read_text()

    await world.until("the route follows", loaded, lambda text: f" {address}:" in text)


async def test_a_pause_is_no_reason_to_take_a_container_out(world: DockerWorld) -> None:
    await world.engine.deploy(world.request("web", replicas=1, host_name=HOST))
    await world.running("web", 1)
    count = world.reloads()
    world.doors.all_closed = True
    state = await world.engine.state("web")
    assert (state.phase, state.pods[0].running) == (DeploymentPhase.DEPLOYING, False)
    await asyncio.sleep(0.2)
    assert (world.reloads(), await world.published()) == (count, {HOST})


async def test_a_file_that_is_not_right_never_counts(world: DockerWorld) -> None:
    await world.engine.deploy(world.request("good", host_name="good.example.org"))
    await world.running("good", 2)
    before = world.routes_file.read_text()
    (world.directory / "no").write_text("bad.example.org")
    await world.engine.deploy(world.request("bad", host_name="bad.example.org"))
    state = await world.until(
        "it waits for its route", lambda: world.engine.state("bad"), lambda seen: "routes are not right" in seen.reason
    )
    assert state.phase is DeploymentPhase.DEPLOYING
    assert all(pod.running for pod in state.pods)
    assert world.routes_file.read_text() == before
    (world.directory / "no").unlink()
    await world.running("bad", 2)
    assert await world.published() == {"good.example.org", "bad.example.org"}


async def test_a_reload_that_fails_is_made_up_for(world: DockerWorld) -> None:
    (world.directory / "no-reload").touch()
    await world.engine.deploy(world.request("web", host_name=HOST))
    state = await world.until(
        "it waits for its route", lambda: world.engine.state("web"), lambda seen: "not taken over" in seen.reason
    )
    assert "Job for haproxy.service failed" in state.reason
    await world.reopen()
    (world.directory / "no-reload").unlink()
    await world.running("web", 2)
    assert await world.published() == {HOST}


async def test_what_somebody_changed_is_put_right(world: DockerWorld) -> None:
    await world.engine.deploy(world.request("web", host_name=HOST))
    await world.running("web", 2)
    right = world.routes_file.read_text()
    await asyncio.to_thread(world.routes_file.write_text, "nonsense")

    async def text() -> str:
        return world.routes_file.read_text()

    await world.until("it is right", text, lambda seen: seen == right)
    assert world.routes_file.stat().st_mode & 0o777 == 0o644


async def test_reloading_by_the_master_socket(closed_world: DockerWorld, tmp_path: Path) -> None:
    world = closed_world
    socket = world._sockets / "master"
    answers = [b"Success=0\n--\nno memory\n", b"Success=1\n"]
    heard: list[bytes] = []

    async def master(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readline())
        writer.write(answers.pop(0) if answers else b"")
        writer.close()

    server = await asyncio.start_unix_server(master, socket)
    told = world.settings().router
    assert told is not None
    world.changes = {"router": told.model_copy(update={"reload": (), "master_socket": socket})}
    await world.open()
    await world.engine.deploy(world.request("web", host_name=HOST))
    await world.running("web", 2)
    assert heard[0] == b"reload\n"
    assert len(heard) >= 2
    await world.close()
    server.close()
