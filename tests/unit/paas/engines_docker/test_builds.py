"""Builds: limits that hold, ends that come, what is left behind."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from nai.paas.engines.docker.builder import ATTEMPTS
from nai.paas.engines.errors import EngineRefusedError
from nai.paas.engines.protocol import BuildPhase, BuildRequest
from tests.unit.paas.engines_docker.conftest import DockerWorld
from tests.unit.paas.engines_docker.daemon import Image


def only_image(world: DockerWorld, name: str) -> Image:
    (image,) = [each for each in world.daemon.images.values() if each.labels.get("nai.paas.name") == name]
    return image


async def test_the_image_has_the_variables_and_a_tag_that_nobody_can_guess(world: DockerWorld) -> None:
    await world.engine.build(BuildRequest("web", world.source, environment={"VNFR_ID": "v-1", "N": "two\nlines"}))
    await world.built("web")
    image = only_image(world, "web")
    assert 'ENV VNFR_ID="v-1"' in image.dockerfile
    assert image.arguments == {"VNFR_ID": "v-1", "N": "two\nlines"}
    (tag,) = image.tags
    assert tag.startswith("127.0.0.1:5000/nai-paas/web:")
    assert len(tag.rpartition(":")[2]) == 32
    assert world.daemon.registry["127.0.0.1:5000/nai-paas/web"].keys() == {tag.rpartition(":")[2]}
    # Of the next build, only that one is kept in the registry; the engine's goes when nothing runs it.
    await world.engine.deploy(world.request("web", image=None))
    await world.running("web", 2)
    await world.engine.build(BuildRequest("web", world.source))
    await world.built("web")
    assert tag.rpartition(":")[2] not in world.daemon.registry["127.0.0.1:5000/nai-paas/web"]
    await world.engine.deploy(world.request("web", image=None))
    await world.until("the old image goes", _images(world), lambda count: count == 1)
    await world.running("web", 2)
    assert not [name for name in world.daemon.networks if "build" in name]


def _images(world: DockerWorld) -> Callable[[], Awaitable[int]]:
    async def count() -> int:
        return len([each for each in world.daemon.images.values() if each.labels.get("nai.paas.name") == "web"])

    return count


async def test_a_dockerfile_that_never_ends_is_ended(closed_world: DockerWorld) -> None:
    world = closed_world
    world.build_changes = {"seconds": 1}
    world.repository("endless", "FROM base\nRUN forever\n")
    await world.open()
    begun = time.monotonic()
    await world.engine.build(BuildRequest("web", "https://git.example.org/endless"))
    state = await world.built("web")
    assert state.phase is BuildPhase.FAILED
    assert state.reason == "It took longer than 1 s"
    assert time.monotonic() - begun < 4
    await _nothing_builds(world)
    assert "FAILED: It took longer" in await world.engine.build_log("web")
    await world.close()


async def test_a_build_that_fills_the_disk_is_ended(closed_world: DockerWorld) -> None:
    world = closed_world
    world.build_changes = {"disk_megabytes": 100}
    # What it prints is no reason to look elsewhere.
    world.repository("fill", "FROM base\nRUN echo  ---> Running in 0123456789ab\nRUN fill\n")
    await world.open()
    await world.engine.build(BuildRequest("web", "https://git.example.org/fill"))
    assert "more than 100 MB of the disk" in (await world.built("web")).reason
    await _nothing_builds(world)
    await world.close()


async def test_the_disk_is_not_filled_to_the_brim(closed_world: DockerWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world = closed_world
    world.build_changes = {}
    world.repository("endless", "FROM base\nRUN forever\n")
    monkeypatch.setattr("nai.paas.engines.docker.builder.free_megabytes", lambda _directory: -1)
    await world.open()
    await world.engine.build(BuildRequest("web", "https://git.example.org/endless"))
    assert "no room left" in (await world.built("web")).reason
    await _nothing_builds(world)
    await world.close()


async def test_deleting_ends_a_build(world: DockerWorld) -> None:
    world.repository("endless", "FROM base\nRUN forever\n")
    await world.engine.build(BuildRequest("web", "https://git.example.org/endless"))
    await world.until("it builds", _building(world), bool)
    await world.engine.delete("web")
    await _nothing_builds(world)
    assert not [each for each in world.daemon.images.values() if each.labels]
    assert list((world.state_directory / "builds").iterdir()) == []
    assert list((world.state_directory / "work").iterdir()) == []


def _building(world: DockerWorld) -> Callable[[], Awaitable[set[str]]]:
    async def look() -> set[str]:
        return set(world.daemon.building)

    return look


async def _nothing_builds(world: DockerWorld) -> None:
    await world.until("the engine has ended it", _building(world), lambda building: not building)


async def test_builds_wait_for_each_other(closed_world: DockerWorld) -> None:
    world = closed_world
    world.build_changes = {"parallel": 1}
    world.repository("endless", "FROM base\nRUN forever\n")
    await world.open()
    await world.engine.build(BuildRequest("one", "https://git.example.org/endless"))
    await world.until("it builds", _building(world), bool)
    await world.engine.build(BuildRequest("two", world.source))
    await asyncio.sleep(0.1)
    assert (await world.engine.build_state("two")).phase is BuildPhase.RUNNING
    assert await world.engine.build_log("two") == "Waiting for other builds to end\n"
    await world.engine.delete("one")
    assert (await world.built("two")).phase is BuildPhase.COMPLETE
    await world.close()


async def test_a_registry_that_does_not_take_it(world: DockerWorld) -> None:
    world.daemon.refusals[r"POST /images/.*/push"] = (500, "connection refused")
    await world.engine.build(BuildRequest("web", world.source))
    state = await world.built("web")
    assert state.phase is BuildPhase.FAILED
    assert "connection refused" in state.reason
    assert len([each for each in world.daemon.requests if each.endswith("/push")]) == 3


async def test_an_engine_that_goes_away_decides_nothing(world: DockerWorld) -> None:
    world.repository("endless", "FROM base\nRUN forever\n")
    await world.engine.build(BuildRequest("web", "https://git.example.org/endless"))
    await world.until("it builds", _building(world), bool)
    (world.directory / "repositories" / "endless" / "Dockerfile").write_text("FROM base\n")
    async with world.unreachable():
        await _nothing_builds(world)
        assert (await world.engine.build_state("web")).phase is BuildPhase.RUNNING
    assert (await world.built("web")).phase is BuildPhase.COMPLETE


async def test_an_engine_that_stays_away(world: DockerWorld) -> None:
    world.daemon.refusals[r"POST /build"] = (503, "shutting down")
    await world.engine.build(BuildRequest("web", world.source))
    assert f"interrupted {ATTEMPTS} times" in (await world.built("web")).reason


async def test_secrets_do_not_get_into_the_log(world: DockerWorld) -> None:
    world.repository("tells", "FROM base\nRUN echo hunter22 and s3cretword\n")
    url = "https://user:s3cretword@git.example.org/tells"
    await world.engine.build(BuildRequest("web", url, environment={"DB_PASSWORD": "hunter22"}))
    await world.built("web")
    log = await world.engine.build_log("web")
    assert "hunter22" not in log
    assert "s3cretword" not in log
    assert "******** and ********" in log
    await world.engine.build(BuildRequest("none", "https://user:s3cretword@git.example.org/absent"))
    assert "s3cretword" not in (await world.built("none")).reason


async def test_records_that_cannot_be_read_do_not_stop_the_others(closed_world: DockerWorld) -> None:
    world = closed_world
    for kind in ("builds", "deployments"):
        directory = world.state_directory / kind
        directory.mkdir(parents=True)
        (directory / "broken.json").write_text("{")
    await world.open()
    await world.engine.build(BuildRequest("web", world.source))
    assert (await world.built("web")).phase is BuildPhase.COMPLETE
    await world.engine.deploy(world.request("web", image=None))
    await world.running("web", 2)
    await world.close()


@pytest.mark.parametrize("name", ["", "../web", "Web", "a" * 64, "-web", "web.x"])
async def test_names_that_are_none(world: DockerWorld, name: str) -> None:
    with pytest.raises(EngineRefusedError, match="is no name"):
        await world.engine.build(BuildRequest(name, world.source))
    with pytest.raises(EngineRefusedError, match="is no name"):
        await world.engine.deploy(world.request(name))
    with pytest.raises(EngineRefusedError, match="is no name"):
        await world.engine.delete(name)
