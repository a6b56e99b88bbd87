"""Builds: each is a record and a task; a manager that is killed in the middle begins it anew at its next start."""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nai.core.errors import ServiceError
from nai.core.threads import in_thread
from nai.paas.engines.docker.build_log import BuildLog, read_log, secret_values
from nai.paas.engines.docker.context import write_context
from nai.paas.engines.docker.disk import MEGABYTE, free_megabytes
from nai.paas.engines.docker.failures import BuildFailedError
from nai.paas.engines.docker.git import fetch
from nai.paas.engines.docker.names import NAME, OWNER
from nai.paas.engines.docker.records import Build, Records, private_directory
from nai.paas.engines.docker.sources import checked_source
from nai.paas.engines.errors import EngineError, EngineUnreachableError
from nai.paas.engines.protocol import BuildPhase, BuildState

if TYPE_CHECKING:
    from collections.abc import Callable

    from nai.core.clock import Clock
    from nai.paas.engines.docker.api import BuildStream, Docker
    from nai.paas.engines.docker.images import Images
    from nai.paas.engines.docker.keys import Keys
    from nai.paas.engines.docker.networks import Networks
    from nai.paas.engines.docker.settings import DockerSettings
    from nai.paas.engines.docker.sources import Source
    from nai.paas.engines.protocol import BuildRequest

log = logging.getLogger(__name__)

ATTEMPTS = 5
"""A build that the engine or the manager did not live to see the end of is begun so often."""
RETRY_SECONDS = 5.0
PUSHES = 3
LOOK_SECONDS = 2.0
"""Between two looks at what a running build takes."""
CPU_PERIOD = 100_000

SCRATCH = ""
"""The base of an image that has none."""

_STEP = re.compile(r"^ ---> (?P<image>[0-9a-f]{12,64})?$", re.MULTILINE)
"""How the engine tells that a step is done. What a step prints may look the same: these are hints."""


class Builder:
    """All builds of one owner."""

    def __init__(
        self, docker: Docker, settings: DockerSettings, images: Images, networks: Networks, keys: Keys, clock: Clock
    ) -> None:
        """Contact nothing."""
        self._docker = docker
        self._settings = settings
        self._images = images
        self._networks = networks
        self._keys = keys
        self._clock = clock
        self._directory = settings.state_directory / "builds"
        self._work = settings.state_directory / "work"
        self._records = Records(self._directory, Build)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._room = asyncio.Semaphore(settings.build.parallel)

    async def build(self, request: BuildRequest) -> None:
        """Begin one; one that runs goes on.

        Raises:
            EngineRefusedError: The address or the key is none.
        """
        checked_source(request.git_url, self._settings.build.protocols)
        if request.deploy_key is not None:
            await in_thread(self._keys.file, request.deploy_key)
        if self._runs(request.name):
            return
        record = Build(
            name=request.name,
            git_url=request.git_url,
            deploy_key=request.deploy_key,
            environment=dict(request.environment),
        )
        await in_thread(self._records.put, record)
        if not self._runs(request.name):
            await in_thread(self._log(record).clear)
            self._begin(request.name)

    async def state(self, name: str) -> BuildState:
        """Where one stands."""
        record = await in_thread(self._records.get, name)
        return BuildState(BuildPhase.MISSING) if record is None else BuildState(record.phase, record.reason)

    async def said(self, name: str) -> str:
        """What one has said."""
        return await in_thread(read_log, self._log_file(name))

    async def image_of(self, name: str) -> str | None:
        """The image that the last complete build of a name made; None: there is none."""
        record = await in_thread(self._records.get, name)
        if record is not None and record.image_id is not None:
            found = await in_thread(self._images.find, record.image_id)
            if found is not None:
                return found
        return await in_thread(self._images.built, name, record.tag if record is not None else None)

    async def take_up(self) -> None:
        """Begin again what was not ended, and remove what it left."""
        await in_thread(shutil.rmtree, self._work, ignore_errors=True)
        for name in await in_thread(self._records.names):
            try:
                record = await in_thread(self._records.get, name)
            except EngineError as error:
                log.warning("%s", error)
                continue
            if record is not None and record.phase is BuildPhase.RUNNING and not self._runs(name):
                self._begin(name)

    async def delete(self, name: str) -> None:
        """End and forget one. Its images are removed by others."""
        task = self._tasks.get(name)
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        record = await in_thread(self._records.get, name)
        if record is not None and record.step is not None:
            await in_thread(self._images.discard, record.step)
        await in_thread(self._log_file(name).unlink, missing_ok=True)
        await in_thread(self._records.remove, name)

    async def names(self) -> set[str]:
        """Names that there are records of."""
        return await in_thread(self._records.names)

    @property
    def running(self) -> set[str]:
        """Names of the builds that run."""
        return set(self._tasks)

    async def close(self) -> None:
        """Lay down what runs; it is begun again at the next start."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _runs(self, name: str) -> bool:
        return name in self._tasks

    def _begin(self, name: str) -> None:
        task = asyncio.create_task(self._run(name), name=f"build {name}")
        self._tasks[name] = task
        task.add_done_callback(lambda done: self._ended(name, done))

    def _ended(self, name: str, task: asyncio.Task[None]) -> None:
        self._tasks.pop(name, None)
        if not task.cancelled() and task.exception() is not None:
            log.error("build %s: its end could not be noted", name, exc_info=task.exception())

    async def _run(self, name: str) -> None:
        record = await in_thread(self._records.get, name)
        if record is None:
            return
        build_log = self._log(record)
        if self._room.locked():
            await in_thread(build_log.line, "Waiting for other builds to end")
        async with self._room:
            reason = ""
            try:
                async with asyncio.timeout(self._settings.build.seconds):
                    record.image_id = await self._attempts(record, build_log)
            except TimeoutError:
                reason = f"It took longer than {self._settings.build.seconds:g} s"
            except (ServiceError, OSError) as error:
                reason = str(error)
            except Exception as error:
                log.exception("build %s", name)
                reason = f"The engine has a fault: {type(error).__name__}"
            record.phase = BuildPhase.FAILED if reason else BuildPhase.COMPLETE
            record.reason = build_log.masked(reason)
            if reason and record.step is not None:
                with suppress(EngineError):
                    await in_thread(self._images.discard, record.step)
            record.step = None
            await in_thread(build_log.line, f"FAILED: {reason}" if reason else "Complete")
            await in_thread(self._records.put, record)
            log.info("build %s: %s %s", name, record.phase, record.reason)

    async def _attempts(self, record: Build, build_log: BuildLog) -> str:
        """Try until it is decided; an engine that goes away decides nothing."""
        while True:
            if record.attempts >= ATTEMPTS:
                raise BuildFailedError(f"It was interrupted {ATTEMPTS} times")
            record.attempts += 1
            await in_thread(self._records.put, record)
            try:
                return await self._attempt(record, build_log)
            except EngineUnreachableError as error:
                await in_thread(build_log.line, f"Interrupted: {error}")
                await self._clock.sleep(RETRY_SECONDS * record.attempts)

    async def _attempt(self, record: Build, build_log: BuildLog) -> str:
        settings = self._settings
        source = checked_source(record.git_url, settings.build.protocols)
        work = await in_thread(self._work_directory, record.name)
        try:
            await in_thread(build_log.line, "Fetching the source")
            tree = work / "source"
            await fetch(
                source,
                tree,
                settings=settings.build,
                key=await self._key(source, record),
                known_hosts=settings.state_directory / "known_hosts",
                say=build_log.write,
            )
            context = work / "context.tar"
            await in_thread(self._pack, tree, context, record, build_log)
            await in_thread(shutil.rmtree, tree, ignore_errors=True)
            network = await in_thread(self._networks.ensure_for_build, record.name)
            try:
                image_id = await self._built(context, network, record, build_log)
            finally:
                with suppress(EngineError):
                    await in_thread(self._networks.remove_of_build, record.name)
            await self._kept(record, image_id, build_log)
            return image_id
        finally:
            await in_thread(shutil.rmtree, work, ignore_errors=True)

    async def _key(self, source: Source, record: Build) -> Path | None:
        if source.protocol != "ssh":
            return None
        if record.deploy_key is None:
            message = "A source that is fetched by ssh wants a secret: the key that opens the repository"
            raise BuildFailedError(message)
        return await in_thread(self._keys.file, record.deploy_key)

    async def _built(self, context: Path, network: str, record: Build, build_log: BuildLog) -> str:
        """Have the engine build, and end it when it takes too much or is not wanted any more."""
        run = _Run(self._docker, self._images, network, record, build_log, lambda: self._records.put(record))
        reading = asyncio.ensure_future(in_thread(run.read, context, self._parameters(record, network)))
        watching = asyncio.create_task(self._watch(run))
        try:
            await asyncio.wait((reading, watching), return_when=asyncio.FIRST_COMPLETED)
            if watching.done():
                # It returns only when there is something to say.
                run.close()
                raise BuildFailedError(watching.result())
            image_id = await reading
        finally:
            watching.cancel()
            run.close()
            # The thread ends with the stream; until then the engine may still be at it.
            await asyncio.gather(reading, watching, return_exceptions=True)
        if await in_thread(run.added_bytes, image_id) > self._settings.build.disk_megabytes * MEGABYTE:
            await in_thread(self._images.discard, image_id)
            raise BuildFailedError(self._too_large())
        return image_id

    async def _watch(self, run: _Run) -> str:
        """Look at what a build takes until it is too much; returns what."""
        settings = self._settings.build
        root = Path(
            (await in_thread(self._docker.ask, "the engine", lambda client: client.info())).get("DockerRootDir", "")
        )
        while True:
            free = await in_thread(free_megabytes, root)
            if free is not None and free < settings.reserve_megabytes:
                return f"There is no room left for builds: less than {settings.reserve_megabytes} MB"
            try:
                taken = await in_thread(run.disk_bytes)
            except EngineError as error:
                log.warning("what a build takes is not known: %s", error)
                taken = 0
            if taken > settings.disk_megabytes * MEGABYTE:
                return self._too_large()
            await self._clock.sleep(LOOK_SECONDS)

    def _too_large(self) -> str:
        return f"It takes more than {self._settings.build.disk_megabytes} MB of the disk"

    async def _kept(self, record: Build, image_id: str, build_log: BuildLog) -> None:
        record.tag = secrets.token_hex(16)
        for attempt in range(1, PUSHES + 1):
            try:
                await in_thread(self._images.keep, record.name, image_id, record.tag)
            except EngineUnreachableError:
                raise
            except EngineError as error:
                await in_thread(build_log.line, str(error))
                if attempt == PUSHES:
                    raise BuildFailedError(str(error)) from error
                await self._clock.sleep(RETRY_SECONDS)
            else:
                return

    def _parameters(self, record: Build, network: str) -> dict[str, Any]:
        settings = self._settings.build
        memory = settings.memory_megabytes * MEGABYTE
        return {
            "buildargs": record.environment,
            "labels": {OWNER: self._settings.owner, NAME: record.name},
            "networkmode": network,
            "memory": memory,
            "memswap": memory,
            "cpuperiod": CPU_PERIOD,
            "cpuquota": int(settings.cpus * CPU_PERIOD),
            "rm": 1,
            "forcerm": 1,
        }

    def _pack(self, tree: Path, into: Path, record: Build, build_log: BuildLog) -> None:
        with into.open("w+b") as stream:
            write_context(tree, record.environment, self._settings.build, stream, build_log.line)

    def _work_directory(self, name: str) -> Path:
        private_directory(self._work)
        return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self._work))

    def _log(self, record: Build) -> BuildLog:
        hidden = secret_values(record.environment)
        with suppress(EngineError):
            hidden += checked_source(record.git_url, self._settings.build.protocols).secrets
        return BuildLog(self._log_file(record.name), self._settings.build.log_kilobytes * 1024, hidden)

    def _log_file(self, name: str) -> Path:
        return self._directory / f"{name}.log"


class _Run:
    """One build in the engine. Read in one thread, looked at and closed from others."""

    def __init__(
        self,
        docker: Docker,
        images: Images,
        network: str,
        record: Build,
        build_log: BuildLog,
        note: Callable[[], None],
    ) -> None:
        self._docker = docker
        self._images = images
        self._network = network
        self._record = record
        self._log = build_log
        self._note = note
        self._stream: BuildStream | None = None
        self._closed = False
        self._base: str | None = None

    def read(self, context: Path, parameters: dict[str, Any]) -> str:
        """Build; returns the image's id.

        Raises:
            BuildFailedError: A step failed.
            EngineUnreachableError: The engine went away.
        """
        image: str | None = None
        with context.open("rb") as stream:
            self._stream = self._docker.build(stream, parameters)
        if self._closed:
            self._stream.close()
        for message in self._stream:
            if "error" in message:
                self._log.flush()
                raise BuildFailedError(" ".join(str(message["error"]).split()))
            # The one thing that is told of the image and that no step can print.
            image = (message.get("aux") or {}).get("ID") or image
            if text := str(message.get("stream") or ""):
                self._log.write(text)
                self._heed(text)
        self._log.flush()
        if image is None:
            ended = "The Docker engine ended the build without an image"
            raise EngineUnreachableError(ended)
        return image

    def disk_bytes(self) -> int:
        """What the steps that are done have added, and what the one that runs has written."""
        # Nobody else is in this network.
        running = self._docker.ask(
            "the step", lambda client: client.containers(all=True, size=True, filters={"network": self._network})
        )
        written = sum(int(each.get("SizeRw") or 0) for each in running)
        return written + (self.added_bytes(self._record.step) if self._record.step else 0)

    def added_bytes(self, image: str) -> int:
        """What an image has beyond the base it was built on."""
        base = self._images.size(self._base) if self._base else 0
        return max((self._images.size(image) or 0) - (base or 0), 0)

    def close(self) -> None:
        """End it."""
        self._closed = True
        if self._stream is not None:
            self._stream.close()

    def _heed(self, text: str) -> None:
        """Note how far the build is."""
        for found in _STEP.finditer(text):
            if self._base is None:
                # There before the build was; of the images that follow, nothing is left where it fails.
                self._base = found["image"] or SCRATCH
            elif found["image"]:
                self._record.step = found["image"]
                self._note()
