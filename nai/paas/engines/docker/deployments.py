"""Deployments: what runs is made to be what is wanted, again and again.

What is wanted is a record in a file; what runs is told by the engine, by labels. Nothing else counts, so it does not
matter when a manager ends, or how: the next one goes on from there.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from contextlib import suppress
from typing import TYPE_CHECKING

from pydantic import ValidationError

from nai.core.errors import NotFoundError, ServiceError
from nai.core.threads import in_thread
from nai.paas.engines.docker.records import Deployment, Records
from nai.paas.engines.docker.rollout import Plan, plan
from nai.paas.engines.errors import EngineError, EngineRefusedError, EngineUnreachableError
from nai.paas.engines.protocol import DeploymentPhase, DeploymentState, Pod

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Iterable

    from nai.core.clock import Clock
    from nai.paas.engines.docker.builder import Builder
    from nai.paas.engines.docker.containers import Container, Containers
    from nai.paas.engines.docker.health import Health
    from nai.paas.engines.docker.images import Images
    from nai.paas.engines.docker.networks import Networks
    from nai.paas.engines.docker.router import Router
    from nai.paas.engines.docker.settings import DockerSettings

log = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.2, 2.0
"""Between two looks at a deployment that is on its way."""
LONGEST_RETRY_SECONDS = 60.0
"""Between two attempts at one that cannot be made as it is wanted."""


class Deployments:
    """All deployments of one owner."""

    def __init__(
        self,
        settings: DockerSettings,
        containers: Containers,
        images: Images,
        networks: Networks,
        builder: Builder,
        health: Health,
        router: Router | None,
        clock: Clock,
    ) -> None:
        """Contact nothing."""
        self._settings = settings
        self._containers = containers
        self._images = images
        self._networks = networks
        self._builder = builder
        self._health = health
        self._router = router
        self._clock = clock
        self._records = Records(settings.state_directory / "deployments", Deployment)
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._notes: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._wakes: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._errors: dict[str, str] = {}
        self._doomed: set[str] = set()
        self._closing = False

    # What is wanted.

    async def deploy(self, record: Deployment) -> None:
        """Want a deployment as the record says; one that is so already is left alone."""
        async with self._notes[record.name]:
            before = await in_thread(self._records.get, record.name)
            if before is not None and not before.deleted:
                # A restart that was asked for is no difference.
                record = record.model_copy(update={"generation": before.generation})
            if record != before:
                await in_thread(self._records.put, record)
                self._errors.pop(record.name, None)
        self.wake(record.name)

    async def scale(self, name: str, replicas: int) -> None:
        """Want so many containers.

        Raises:
            NotFoundError: There is no such deployment.
        """
        await self._change(name, lambda record: record.model_copy(update={"replicas": replicas}))

    async def restart(self, name: str) -> None:
        """Want other containers, made the same way.

        Raises:
            NotFoundError: There is no such deployment.
        """
        await self._change(name, lambda record: record.model_copy(update={"generation": record.generation + 1}))

    async def delete(self, name: str) -> None:
        """Want nothing of that name any more, and see to it."""
        async with self._notes[name]:
            record = await in_thread(self._records.get, name) or Deployment(name=name, application=name)
            record = record.model_copy(update={"deleted": True})
            await in_thread(self._records.put, record)
        self._wakes[name].set()
        # An image that is being pulled for it is not wanted any more.
        self._doomed.add(name)
        try:
            async with self._locks[name]:
                self._doomed.discard(name)
                await self._remove(record)
        finally:
            self._doomed.discard(name)

    async def _change(self, name: str, change: Callable[[Deployment], Deployment]) -> None:
        async with self._notes[name]:
            record = await self.record(name)
            if record is None:
                raise NotFoundError(f"There is no deployment {name}")
            await in_thread(self._records.put, change(record))
            self._errors.pop(name, None)
        self.wake(name)

    async def record(self, name: str) -> Deployment | None:
        """What is wanted under a name; None: nothing."""
        found = await in_thread(self._records.get, name)
        return None if found is None or found.deleted else found

    async def names(self) -> set[str]:
        """Names that something is wanted or to be removed of."""
        return await in_thread(self._records.names)

    # What is there.

    async def state(self, name: str) -> DeploymentState:
        """Where a deployment stands."""
        there = await in_thread(self._containers.of, name)
        record = await self.record(name)
        if record is None:
            return DeploymentState(DeploymentPhase.MISSING)
        there = [each for each in there if each.state not in ("created", "removing")]
        answering = await self._health.answering(there)
        pods, crashed = [], ""
        for each in there:
            if each.id in answering:
                pods.append(Pod(each.name, running=True))
                continue
            trouble = await in_thread(self._containers.trouble, each.id)
            pods.append(Pod(each.name, running=False, reason=trouble.reason or _not_answering(each)))
            if each.revision == record.revision and trouble.crashes >= self._settings.containers.crashes:
                crashed = f"{each.name} has ended {trouble.crashes} times: {trouble.reason}"
        if name not in self._workers and not self._settled(record, there, answering):
            self.wake(name)
        error = self._errors.get(name, "") or crashed
        if error:
            return DeploymentState(DeploymentPhase.FAILED, pods, error)
        if self._settled(record, there, answering):
            return DeploymentState(DeploymentPhase.RUNNING, pods)
        return DeploymentState(DeploymentPhase.DEPLOYING, pods, self._waits_for(record, pods))

    async def log(self, name: str, pod: str) -> str:
        """What a container has said.

        Raises:
            NotFoundError: The deployment has no such container.
        """
        for each in await in_thread(self._containers.of, name):
            if each.name == pod:
                return await in_thread(self._containers.log, each.id)
        raise NotFoundError(f"{name} has no container {pod}")

    def _settled(self, record: Deployment, there: Iterable[Container], answering: Collection[str]) -> bool:
        there = list(there)
        if len(there) != record.replicas or any(
            each.revision != record.revision or each.id not in answering for each in there
        ):
            return False
        if record.host_name is None or self._router is None:
            return True
        return {each.id for each in there} <= self._router.published(record.host_name)

    def _waits_for(self, record: Deployment, pods: Iterable[Pod]) -> str:
        if record.host_name is not None and self._router is not None and self._router.error:
            return self._router.error
        return next((f"{pod.name}: {pod.reason}" for pod in pods if pod.reason), "")

    # Making it so.

    def wake(self, name: str) -> None:
        """Look after a deployment now."""
        if self._closing:
            return
        self._wakes[name].set()
        if name not in self._workers:
            task = asyncio.create_task(self._work(name), name=f"deployment {name}")
            self._workers[name] = task
            task.add_done_callback(lambda _done: self._ended(name))

    def _ended(self, name: str) -> None:
        del self._workers[name]
        if self._wakes[name].is_set():
            # Somebody wanted something when it was as good as over.
            self.wake(name)

    async def watch(self) -> None:
        """Look at everything once, and after what is not as it is wanted.

        Raises:
            EngineError: The engine does not tell.
        """
        there = await in_thread(self._containers.all)
        self._health.forget_all_but(there)
        by_name: defaultdict[str, list[Container]] = defaultdict(list)
        for each in there:
            by_name[each.deployment].append(each)
        for name in by_name.keys() - await self.names():
            await self._adopt(name, by_name[name])
        for name in await self.names():
            try:
                record = await in_thread(self._records.get, name)
            except EngineError as error:
                log.warning("%s", error)
                continue
            if record is not None and (record.deleted or not _as_wanted(record, by_name[name])):
                self.wake(name)
        if self._router is not None:
            with suppress(EngineError):
                # It keeps what was wrong, for whoever asks.
                await self._router.follow()
        await self._tidy()

    async def close(self) -> None:
        """Lay everything down; it is taken up at the next start."""
        self._closing = True
        tasks = list(self._workers.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _work(self, name: str) -> None:
        """Work on one deployment until it is as it is wanted."""
        wake = self._wakes[name]
        pause, retry = FIRST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS
        while True:
            if wake.is_set():
                wake.clear()
                pause = retry = FIRST_PAUSE_SECONDS
            if await self._attempt(name, self._converge):
                if not wake.is_set():
                    return
                continue
            if name in self._errors:
                retry = min(retry * 2, LONGEST_RETRY_SECONDS)
                await self._pause(wake, retry)
            else:
                await self._pause(wake, pause)
                pause = min(pause * 1.5, LONGEST_PAUSE_SECONDS)

    async def _attempt(self, name: str, step: Callable[[str], Awaitable[bool]]) -> bool:
        try:
            async with self._locks[name]:
                done = await step(name)
        except EngineUnreachableError as error:
            # It says nothing about the deployment.
            log.warning("deployment %s waits: %s", name, error)
            return False
        except (ServiceError, OSError) as error:
            if self._errors.get(name) != str(error):
                log.warning("deployment %s: %s", name, error)
            self._errors[name] = str(error)
            return False
        except Exception as error:
            log.exception("deployment %s", name)
            self._errors[name] = f"The engine has a fault: {type(error).__name__}"
            return False
        self._errors.pop(name, None)
        return done

    async def _converge(self, name: str) -> bool:
        """One step towards what is wanted; returns whether it is there."""
        record = await in_thread(self._records.get, name)
        if record is None:
            return True
        if record.deleted:
            await self._remove(record)
            return True
        there = await in_thread(self._containers.of, name)
        answering = await self._health.answering(there)
        steps = plan(record, there, answering)
        if steps.leftovers:
            await self._each(self._containers.remove, steps.leftovers)
        if steps.create:
            await self._create(record, steps.create)
        # The new ones get requests before the old ones get none any more.
        await self._route(record, steps)
        if steps.remove:
            await self._let_go(steps)
        if steps.settled and not await self._fully_published(record, there):
            return False
        if steps.settled and record.image is None:
            await in_thread(self._images.discard_old, name, await self._needed_images(record))
        return steps.settled

    async def _create(self, record: Deployment, count: int) -> None:
        network = await in_thread(self._networks.ensure, record.application)
        image_id = await self._image(record)
        for _ in range(count):
            container = await in_thread(self._containers.create, record, image_id, network)
            await in_thread(self._containers.start, container)

    async def _image(self, record: Deployment) -> str:
        if record.image is not None:
            return await in_thread(
                self._images.ready, record.image, lambda: not self._closing and record.name not in self._doomed
            )
        if record.image_id is not None and await in_thread(self._images.find, record.image_id) is not None:
            return record.image_id
        found = await self._builder.image_of(record.name)
        if found is None:
            raise EngineRefusedError(f"The image of {record.name} is gone: build it again")
        return found

    async def _route(self, record: Deployment, steps: Plan) -> None:
        if self._router is None or not (record.host_name or any(each.host for each in steps.remove)):
            return
        try:
            await self._router.follow(leaving={each.id for each in steps.remove})
        except EngineUnreachableError:
            raise
        except EngineError:
            # The containers are as they are wanted whether they are published or not; the state tells why they are not.
            return

    async def _let_go(self, steps: Plan) -> None:
        if self._router is not None and any(each.host and each.alive for each in steps.remove):
            assert self._settings.router is not None  # noqa: S101  # there is a router
            await self._clock.sleep(self._settings.router.drain_seconds)
        await self._each(self._containers.stop, steps.remove)

    async def _fully_published(self, record: Deployment, there: Iterable[Container]) -> bool:
        if self._router is None or record.host_name is None:
            return True
        return {each.id for each in there} <= self._router.published(record.host_name)

    async def _needed_images(self, record: Deployment) -> set[str]:
        latest = await self._builder.image_of(record.name)
        return {each for each in (latest, record.image_id) if each is not None}

    async def _remove(self, record: Deployment) -> None:
        """Remove everything of a name. The record goes last: until then it is to be removed."""
        if (now := await in_thread(self._records.get, record.name)) is None or not now.deleted:
            return
        there = await in_thread(self._containers.of, record.name)
        if self._router is not None and any(each.host for each in there):
            with suppress(EngineError):
                await self._router.follow(leaving={each.id for each in there})
        await self._each(self._containers.stop, there)
        await in_thread(self._images.delete, record.name)
        if record.application not in await self._applications():
            await in_thread(self._networks.remove, record.application)
        async with self._notes[record.name]:
            now = await in_thread(self._records.get, record.name)
            if now is not None and now.deleted:
                await in_thread(self._records.remove, record.name)
        self._errors.pop(record.name, None)

    async def _adopt(self, name: str, there: Iterable[Container]) -> None:
        """Make the record of containers that have none: the files were lost, the containers know."""
        newest = max(there, key=lambda each: each.created)
        try:
            record = Deployment.model_validate_json(newest.record)
        except ValidationError:
            log.warning("container %s is labelled as ours, and tells nothing of what it was made from", newest.name)
            return
        if record.name != name or record.revision != newest.revision:
            log.warning("container %s tells of another deployment", newest.name)
            return
        alive = sum(each.alive and each.revision == newest.revision for each in there)
        async with self._notes[name]:
            if await in_thread(self._records.get, name) is None:
                log.info("deployment %s is taken over as it runs", name)
                await in_thread(self._records.put, record.model_copy(update={"replicas": max(alive, 1)}))

    async def _tidy(self) -> None:
        """Remove networks that nobody is in or is going to be in."""
        used = await self._applications()
        for application in await in_thread(self._networks.applications) - used:
            await in_thread(self._networks.remove, application)
        for build in await in_thread(self._networks.builds) - self._builder.running:
            await in_thread(self._networks.remove_of_build, build)

    async def _applications(self) -> set[str]:
        """Applications that something is wanted of."""
        found = set()
        for name in await self.names():
            with suppress(EngineError):
                record = await self.record(name)
                if record is not None:
                    found.add(record.application)
        return found

    async def _each(self, action: Callable[[str], None], containers: Iterable[Container]) -> None:
        done = await asyncio.gather(*(in_thread(action, each.id) for each in containers), return_exceptions=True)
        for result in done:
            if isinstance(result, BaseException):
                raise result

    async def _pause(self, wake: asyncio.Event, seconds: float) -> None:
        """Wait, but no longer than until somebody wants something."""
        waiting = (asyncio.ensure_future(self._clock.sleep(seconds)), asyncio.create_task(wake.wait()))
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waiting:
                each.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)


def _not_answering(container: Container) -> str:
    if container.port is None:
        return "it has just been started"
    return f"it does not answer on port {container.port} by TCP"


def _as_wanted(record: Deployment, there: Collection[Container]) -> bool:
    """Whether the engine's list looks right; whether they answer is looked at elsewhere."""
    return len(there) == record.replicas and all(
        each.state == "running" and each.revision == record.revision for each in there
    )
