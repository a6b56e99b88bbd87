"""What every engine has to do, whichever it is: one suite, run on each of them.

@pytest.fixture
async def world(...) -> AsyncIterator[World]: ...

class TestDocker(EngineSuite):
    pass
"""

from __future__ import annotations

import asyncio
import secrets
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from pydantic import SecretStr

from nai.core.errors import NotFoundError
from nai.paas.engines.errors import EngineRefusedError, EngineUnreachableError
from nai.paas.engines.protocol import BuildPhase, BuildRequest, DeploymentPhase, DeployRequest, PublishedPort

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from contextlib import AbstractAsyncContextManager

    from nai.paas.engines.protocol import BuildState, DeploymentState, Engine

Seen = TypeVar("Seen")

PORT = 8080
"""What the containers of `World.image`, and of `World.source` once built, listen on."""

WORDS_OF_THE_CRASH = "no licence found"
"""What `World.crashing_image` says before it ends with status 3, and `World.broken_source` before its build fails."""

KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nbm90IGEga2V5IGF0IGFsbA==\n-----END OPENSSH PRIVATE KEY-----\n"


class World(ABC):
    """An engine, and what is around it.

    Attributes:
        engine: The engine; another object after `reopen`.
        source: Git address of a repository whose Dockerfile makes a web server that listens on PORT.
        broken_source: Of one whose Dockerfile says WORDS_OF_THE_CRASH and fails.
        absent_source: Of none.
        image: A ready image of the same web server; when it starts it says `hello`.
        crashing_image: One that says WORDS_OF_THE_CRASH and ends with status 3.
        absent_image: None of this name can be had.
        patience_seconds: Longest that anything takes.
        look_seconds: Between two looks.
    """

    engine: Engine
    source: str
    broken_source: str
    absent_source: str
    image: str
    crashing_image: str
    absent_image: str
    patience_seconds: float = 60
    look_seconds: float = 0.2

    @abstractmethod
    async def reopen(self) -> None:
        """The manager's process ends without a word, in the middle of whatever it does, and another one starts."""

    @abstractmethod
    def unreachable(self) -> AbstractAsyncContextManager[None]:
        """Within it the engine does not answer."""

    @abstractmethod
    async def kill(self, pod: str) -> None:
        """The container ends, as if it were out of memory."""

    @abstractmethod
    async def environment(self, pod: str) -> dict[str, str]:
        """What a container finds in its environment."""

    @abstractmethod
    async def published(self) -> set[str]:
        """Host names that lead to containers."""

    def new_name(self) -> str:
        """A name as applications have."""
        return f"t{secrets.token_hex(4)}"

    def host_name(self, name: str) -> str:
        """The host name of an application."""
        return f"{name}.apps.example.org"

    def request(self, name: str, **changes: Any) -> DeployRequest:
        """A deployment of `image`: two containers, not published."""
        return DeployRequest(
            **{
                "name": name,
                "image": self.image,
                "replicas": 2,
                "ports": [PublishedPort(PORT, PORT)],
                "environment": {"GREETING": "good day"},
                "host_name": None,
                "application": name,
                **changes,
            }
        )

    async def until(self, what: str, look: Callable[[], Awaitable[Seen]], holds: Callable[[Seen], bool]) -> Seen:
        """Look until it holds."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.patience_seconds
        while True:
            seen = await look()
            if holds(seen):
                return seen
            assert loop.time() < deadline, f"not within {self.patience_seconds:g} s: {what}; last seen: {seen!r}"
            await asyncio.sleep(self.look_seconds)

    async def built(self, name: str) -> BuildState:
        """How a build ends."""
        return await self.until(
            f"the build {name} is over",
            lambda: self.engine.build_state(name),
            lambda state: state.phase in (BuildPhase.COMPLETE, BuildPhase.FAILED),
        )

    async def running(self, name: str, replicas: int) -> DeploymentState:
        """A deployment once it runs, with so many containers."""
        return await self.until(
            f"{replicas} containers of {name} run",
            lambda: self.engine.state(name),
            lambda state: state.phase is DeploymentPhase.RUNNING and len(state.pods) == replicas,
        )

    async def failed(self, name: str) -> DeploymentState:
        """A deployment once it has failed."""
        return await self.until(
            f"{name} fails", lambda: self.engine.state(name), lambda state: state.phase is DeploymentPhase.FAILED
        )

    async def gone(self, name: str) -> None:
        """Wait until nothing of that name is left."""
        await self.until(f"{name} is gone", self.engine.names, lambda names: name not in names)


def names_of(state: DeploymentState) -> set[str]:
    """The names of a deployment's containers."""
    return {pod.name for pod in state.pods}


class EngineSuite:
    """The behaviour that the manager counts on."""

    # Builds.

    async def test_a_build_makes_an_image_that_can_be_deployed(self, world: World) -> None:
        name = world.new_name()
        await world.engine.build(BuildRequest(name, world.source, environment={"GREETING": "hello"}))
        assert (await world.engine.build_state(name)).phase in (BuildPhase.RUNNING, BuildPhase.COMPLETE)
        assert (await world.built(name)).phase is BuildPhase.COMPLETE
        assert await world.engine.build_log(name)
        assert name in await world.engine.names()
        await world.engine.deploy(world.request(name, image=None))
        await world.running(name, 2)
        await world.engine.delete(name)

    async def test_a_build_that_fails_says_why(self, world: World) -> None:
        name = world.new_name()
        await world.engine.build(BuildRequest(name, world.broken_source))
        state = await world.built(name)
        assert state.phase is BuildPhase.FAILED
        assert state.reason
        assert WORDS_OF_THE_CRASH in await world.engine.build_log(name)
        # The next attempt is a new one.
        await world.engine.build(BuildRequest(name, world.source))
        await world.until(
            "the build is complete",
            lambda: world.engine.build_state(name),
            lambda state: state.phase is BuildPhase.COMPLETE,
        )
        assert WORDS_OF_THE_CRASH not in await world.engine.build_log(name)
        await world.engine.delete(name)

    async def test_a_repository_that_is_not_there(self, world: World) -> None:
        name = world.new_name()
        await world.engine.build(BuildRequest(name, world.absent_source))
        state = await world.built(name)
        assert state.phase is BuildPhase.FAILED
        assert state.reason
        await world.engine.delete(name)

    async def test_asking_twice_is_one_build(self, world: World) -> None:
        name = world.new_name()
        request = BuildRequest(name, world.source)
        await world.engine.build(request)
        await world.engine.build(request)
        assert (await world.built(name)).phase is BuildPhase.COMPLETE
        await world.engine.delete(name)

    async def test_a_build_outlives_the_managers_process(self, world: World) -> None:
        name = world.new_name()
        await world.engine.build(BuildRequest(name, world.source))
        await world.reopen()
        assert (await world.built(name)).phase is BuildPhase.COMPLETE
        await world.engine.delete(name)

    async def test_what_was_never_built(self, world: World) -> None:
        name = world.new_name()
        assert (await world.engine.build_state(name)).phase is BuildPhase.MISSING
        assert await world.engine.build_log(name) == ""
        with pytest.raises(EngineRefusedError):
            await world.engine.deploy(world.request(name, image=None))
        assert name not in await world.engine.names()

    # Deployments.

    async def test_a_deployment_runs_its_containers_with_their_environment(self, world: World) -> None:
        name = world.new_name()
        await world.engine.deploy(world.request(name, environment={"GREETING": 'good "day" $HOME', "EMPTY": ""}))
        state = await world.running(name, 2)
        assert len(names_of(state)) == 2
        assert all(pod.running for pod in state.pods)
        for pod in state.pods:
            environment = await world.environment(pod.name)
            assert environment["GREETING"] == 'good "day" $HOME'
            assert environment["EMPTY"] == ""
        assert name in await world.engine.names()
        await world.engine.delete(name)

    async def test_asking_for_the_same_changes_nothing(self, world: World) -> None:
        name = world.new_name()
        await world.engine.deploy(world.request(name))
        before = names_of(await world.running(name, 2))
        await world.engine.deploy(world.request(name))
        assert names_of(await world.running(name, 2)) == before
        await world.engine.delete(name)

    async def test_another_environment_replaces_the_containers(self, world: World) -> None:
        name = world.new_name()
        await world.engine.deploy(world.request(name))
        before = names_of(await world.running(name, 2))
        await world.engine.deploy(world.request(name, environment={"GREETING": "good night"}))
        state = await world.until(
            "all containers are new ones",
            lambda: world.engine.state(name),
            lambda seen: seen.phase is DeploymentPhase.RUNNING and len(seen.pods) == 2 and not names_of(seen) & before,
        )
        for pod in state.pods:
            assert (await world.environment(pod.name))["GREETING"] == "good night"
        await world.engine.delete(name)

    async def test_scaling(self, world: World) -> None:
        name = world.new_name()
        await world.engine.deploy(world.request(name))
        before = names_of(await world.running(name, 2))
        await world.engine.scale(name, 3)
        assert before < names_of(await world.running(name, 3))
        await world.engine.scale(name, 1)
        await world.running(name, 1)
        await world.engine.delete(name)

    async def test_restarting_replaces_every_container(self, world: World) -> None:
        name = world.new_name()
        await world.engine.deploy(world.request(name))
        before = names_of(await world.running(name, 2))
        await world.engine.restart(name)
        await world.until(
            "all containers are new ones",
            lambda: world.engine.state(name),
            lambda seen: seen.phase is DeploymentPhase.RUNNING and len(seen.pods) == 2 and not names_of(seen) & before,
        )
        await world.engine.delete(name)

    async def test_a_container_that_ends_is_replaced(self, world: World) -> None:
        name = world.new_name()
        await world.engine.deploy(world.request(name))
        state = await world.running(name, 2)
        await world.kill(state.pods[0].name)
        state = await world.running(name, 2)
        assert all(pod.running for pod in state.pods)
        await world.engine.delete(name)

    async def test_a_container_that_cannot_stay_up_is_a_failure_with_its_reason(self, world: World) -> None:
        name = world.new_name()
        await world.engine.deploy(world.request(name, image=world.crashing_image, replicas=1))
        state = await world.failed(name)
        assert state.reason
        assert WORDS_OF_THE_CRASH in await world.engine.log(name, state.pods[0].name)
        # What is right is taken up from there.
        await world.engine.deploy(world.request(name, replicas=1))
        await world.running(name, 1)
        await world.engine.delete(name)

    async def test_an_image_that_cannot_be_had_is_a_failure_that_names_it(self, world: World) -> None:
        name = world.new_name()
        await world.engine.deploy(world.request(name, image=world.absent_image))
        assert world.absent_image.rpartition("/")[2] in (await world.failed(name)).reason
        await world.engine.delete(name)

    async def test_a_route_is_there_as_long_as_the_application(self, world: World) -> None:
        name = world.new_name()
        await world.engine.deploy(world.request(name, host_name=world.host_name(name)))
        await world.running(name, 2)
        assert world.host_name(name) in await world.published()
        await world.engine.delete(name)
        await world.until("the route is gone", world.published, lambda seen: world.host_name(name) not in seen)

    async def test_a_route_that_is_not_wanted_any_more(self, world: World) -> None:
        name = world.new_name()
        await world.engine.deploy(world.request(name, host_name=world.host_name(name)))
        await world.running(name, 2)
        await world.engine.deploy(world.request(name))
        await world.until("the route is gone", world.published, lambda seen: world.host_name(name) not in seen)
        await world.engine.delete(name)

    async def test_an_application_and_its_service(self, world: World) -> None:
        application, service = world.new_name(), world.new_name()
        service = f"{service}-{application}"
        await world.engine.deploy(world.request(service, application=application, replicas=1))
        await world.engine.deploy(world.request(application))
        await world.running(service, 1)
        await world.running(application, 2)
        assert service in world.engine.service_host(service)
        assert {application, service} <= await world.engine.names()
        # One goes, the other stays.
        await world.engine.delete(service)
        await world.gone(service)
        await world.running(application, 2)
        await world.engine.delete(application)

    async def test_logs(self, world: World) -> None:
        name = world.new_name()
        await world.engine.deploy(world.request(name, replicas=1))
        pod = (await world.running(name, 1)).pods[0].name
        await world.until("it has said something", lambda: world.engine.log(name, pod), lambda said: "hello" in said)
        for deployment, container in ((name, "nobody"), (name, "../../etc/passwd"), (world.new_name(), pod)):
            with pytest.raises(NotFoundError):
                await world.engine.log(deployment, container)
        await world.engine.delete(name)

    async def test_what_was_never_deployed(self, world: World) -> None:
        name = world.new_name()
        assert (await world.engine.state(name)).phase is DeploymentPhase.MISSING
        with pytest.raises(NotFoundError):
            await world.engine.scale(name, 2)
        with pytest.raises(NotFoundError):
            await world.engine.restart(name)
        await world.engine.delete(name)
        assert name not in await world.engine.names()

    async def test_deleting_leaves_nothing_and_may_be_asked_for_again(self, world: World) -> None:
        name = world.new_name()
        await world.engine.build(BuildRequest(name, world.source))
        await world.built(name)
        await world.engine.deploy(world.request(name, image=None))
        await world.running(name, 2)
        for _ in range(2):
            await world.engine.delete(name)
        await world.gone(name)
        assert (await world.engine.state(name)).phase is DeploymentPhase.MISSING
        assert (await world.engine.build_state(name)).phase is BuildPhase.MISSING

    async def test_deleting_in_the_middle_of_building_and_deploying(self, world: World) -> None:
        built, deployed = world.new_name(), world.new_name()
        await world.engine.build(BuildRequest(built, world.source))
        await world.engine.deploy(world.request(deployed))
        await world.engine.delete(built)
        await world.engine.delete(deployed)
        await world.gone(built)
        await world.gone(deployed)

    async def test_everything_outlives_the_managers_process(self, world: World) -> None:
        name = world.new_name()
        await world.engine.deploy(world.request(name, host_name=world.host_name(name)))
        before = names_of(await world.running(name, 2))
        await world.reopen()
        assert names_of(await world.running(name, 2)) == before
        assert world.host_name(name) in await world.published()
        assert name in await world.engine.names()
        await world.engine.scale(name, 1)
        await world.running(name, 1)
        await world.engine.delete(name)

    async def test_what_was_asked_for_is_done_by_the_next_process(self, world: World) -> None:
        name = world.new_name()
        await world.engine.deploy(world.request(name, host_name=world.host_name(name)))
        await world.reopen()
        await world.running(name, 2)
        await world.engine.scale(name, 3)
        await world.reopen()
        before = names_of(await world.running(name, 3))
        await world.engine.restart(name)
        await world.reopen()
        await world.until(
            "all containers are new ones",
            lambda: world.engine.state(name),
            lambda seen: seen.phase is DeploymentPhase.RUNNING and len(seen.pods) == 3 and not names_of(seen) & before,
        )
        await world.engine.delete(name)

    # The rest.

    async def test_keys_are_kept_and_forgotten_and_are_no_applications(self, world: World) -> None:
        name = world.new_name()
        for _ in range(2):
            await world.engine.put_secret(name, SecretStr(KEY))
        assert name not in await world.engine.names()
        for _ in range(2):
            await world.engine.delete_secret(name)

    async def test_an_engine_that_does_not_answer_says_so(self, world: World) -> None:
        await world.engine.check()
        name = world.new_name()
        async with world.unreachable():
            for ask in (
                world.engine.check,
                world.engine.names,
                lambda: world.engine.build(BuildRequest(name, world.source)),
                lambda: world.engine.deploy(world.request(name)),
                lambda: world.engine.state(name),
            ):
                with pytest.raises(EngineUnreachableError):
                    await ask()
        await world.engine.check()
        await world.engine.delete(name)
        assert name not in await world.engine.names()
