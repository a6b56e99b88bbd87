"""An application's way to RUNNING (seed, figure 40), as steps of persisted operations.

Every step looks for what is there already, by names that follow from the application's own: killed at any point it goes
on where it was, and nothing is made twice. What needs no media servers, its services and the build, is begun while
those come up.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from nai.catalogue import Status
from nai.catalogue.applications import AppStatus
from nai.core.operations import Step
from nai.paas.applications import media_plane as plane
from nai.paas.applications.containers import (
    application_request,
    build_request,
    first_reason,
    pods,
    service_request,
)
from nai.paas.applications.environment import MediaPlane
from nai.paas.applications.progress import StepError
from nai.paas.engines.errors import EngineError
from nai.paas.engines.protocol import BuildPhase, DeploymentPhase

if TYPE_CHECKING:
    from nai.catalogue import NetworkServiceRecord
    from nai.core.operations import Operations, StepContext
    from nai.paas.applications.progress import Progress
    from nai.paas.applications.store import Stored
    from nai.paas.context import Paas

log = logging.getLogger(__name__)

DEPLOY, RECOVER, RESTART, RESIZE = "deploy", "recover", "restart", "resize"

RENEW = "renew"
"""In the data of a deployment: media servers in ERROR are replaced, and the image is built again."""
BUILD_BEGUN, BUILD_LOST, REPOSITORY = "build_begun", "build_lost", "repository"
BUILD_SINCE, DEPLOY_SINCE, PLANE_SINCE, FAILING_SINCE = "build_since", "deploy_since", "plane_since", "failing_since"

FAILING_SECONDS = 10.0
"""Containers that fail may only wait for a service of theirs: they are given up after this."""

WHAT = {
    "describe": "Its media servers could not be described to the orchestrator",
    "order": "Its media servers could not be ordered",
    "media_plane": "Its media servers did not come up",
    "services": "Its services could not be started",
    "build": "Its build could not be started",
    "built": "Its build failed",
    "deploy": "Its containers could not be started",
    "run": "Its containers do not run",
    "restart": "Its containers could not be restarted",
    "resize": "Its containers could not be scaled",
}
"""What has failed, by step."""

DURING = {
    "describe": AppStatus.CREATED,
    "order": AppStatus.CREATED,
    "begin": AppStatus.INITIALIZING,
    "media_plane": AppStatus.INITIALIZING,
    "services": AppStatus.INITIALISED,
    "build": AppStatus.INITIALISED,
    "built": AppStatus.BUILDING,
    "deploy": AppStatus.BUILD_OK,
    "run": AppStatus.DEPLOYING,
    "restart": AppStatus.DEPLOYING,
    "resize": AppStatus.SCALING,
}
"""What an application is while a step is under way and everybody answers."""


class Deployment:
    """The steps, and the kinds of operations that are made of them."""

    def __init__(self, paas: Paas, media_plane: plane.MediaPlane, progress: Progress) -> None:
        """Use the parts.

        Args:
            paas: The PaaS manager's.
            media_plane: The orchestrator.
            progress: What all steps share.
        """
        self._paas, self._plane, self._progress = paas, media_plane, progress

    def register(self, operations: Operations) -> None:
        """Say what the kinds of operations consist of."""
        tail = [Step("deploy", self.deploy), Step("run", self.run)]
        kinds: dict[str, list[Step]] = {
            DEPLOY: [
                Step("describe", self.describe),
                Step("order", self.order),
                Step("begin", self.begin),
                Step("media_plane", self.media_plane),
                Step("services", self.services),
                Step("build", self.build),
                Step("built", self.built),
                *tail,
            ],
            RECOVER: [Step("services", self.services), *tail],
            RESTART: [Step("restart", self.restart), Step("run", self.run)],
            RESIZE: [Step("resize", self.resize), Step("run", self.run)],
        }
        for kind, steps in kinds.items():
            operations.register(kind, steps, failed=self.failed)

    async def failed(self, ctx: StepContext, error: Exception) -> None:
        """Say why it has failed."""
        await self._progress.failed(ctx, error, WHAT.get(ctx.operation.step, "It could not be deployed"))

    # Media servers.

    async def describe(self, ctx: StepContext) -> None:
        """See to it that the orchestrator knows the descriptor."""
        stored = await self._progress.load(ctx)
        password = self._paas.cipher.decrypt(stored.sealed)
        ctx.data["descriptor"] = await self._progress.answered(
            ctx, DURING["describe"], lambda: self._plane.ensure_descriptor(stored.application, password)
        )
        ctx.reached("described")

    async def order(self, ctx: StepContext) -> None:
        """See to it that there is one service of the descriptor."""
        known, began = await self._progress.load(ctx), self._paas.clock.monotonic()
        while True:
            record = await self._progress.answered(ctx, DURING["order"], lambda: self._one_service(ctx, known))
            if record is not None:
                break
            await self._progress.rest(ctx, began)
        ctx.reached("ordered")
        async with self._progress.completing(ctx) as stored:
            before = stored.application.resource_ok and stored.nsr_id == record.id
            group = plane.group(record, stored.application.media_server_group)
            group.nsd_id = ctx.data["descriptor"]
            stored.application.media_server_group = group
            stored.application.resource_ok = before
            if not plane.is_ready(record, before=before):
                stored.enter(AppStatus.INITIALIZING, self._progress.now())

    async def _one_service(self, ctx: StepContext, stored: Stored) -> NetworkServiceRecord | None:
        """The service of an application; None where a former one has to go first."""
        found = await self._plane.records(plane.service_name(stored.application))
        usable = []
        for record in found:
            if record.status is Status.ERROR and ctx.data.get(RENEW):
                await self._plane.terminate(record.id or "")
            elif record.status is not Status.TERMINATED:
                usable.append(record)
        usable.sort(key=lambda record: record.id != stored.nsr_id)
        for extra in usable[1:]:
            # Ordered twice: the first order was carried out, though nobody answered it in time.
            await self._plane.terminate(extra.id or "")
        if usable:
            return usable[0]
        return None if found else await self._plane.instantiate(ctx.data["descriptor"])

    async def begin(self, ctx: StepContext) -> None:
        """Begin what need not wait for the media servers. Whether it can be done at all is for later steps to say."""
        stored = await self._progress.load(ctx)
        application = stored.application
        try:
            for service in application.services:
                await self._paas.engine.deploy(service_request(application, service))
            if not application.cloud_repository and not application.cdn_connector:
                await self._paas.engine.build(build_request(application, self._media_plane(stored, None)))
                ctx.data[BUILD_BEGUN] = True
        except EngineError as error:
            log.info("Application %s: not begun early: %s", stored.id, error)
        ctx.reached("begun")

    async def media_plane(self, ctx: StepContext) -> None:
        """Wait for the media servers."""
        stored, began = await self._progress.load(ctx), self._paas.clock.monotonic()
        limit = self._paas.settings.limits.media_plane_seconds
        while True:
            record = await self._progress.answered(
                ctx, DURING["media_plane"], lambda: self._plane.record(stored.nsr_id)
            )
            if record is None:
                raise StepError("their service is gone from the orchestrator")
            if record.status is Status.ERROR:
                raise StepError(record.task or "the orchestrator says ERROR")
            if plane.is_ready(record, before=stored.application.resource_ok):
                break
            if await self._progress.since(ctx, PLANE_SINCE) > limit:
                raise StepError(f"they were not there after {limit:g} s; the orchestrator says {record.status}")
            await self._progress.rest(ctx, began)
        ctx.data[REPOSITORY] = plane.repository_address(record)
        async with self._progress.completing(ctx) as stored:
            stored.application.media_server_group = plane.group(record, stored.application.media_server_group)
            stored.application.resource_ok = True
            stored.enter(AppStatus.INITIALISED, self._progress.now())

    # Containers.

    async def services(self, ctx: StepContext) -> None:
        """See to it that the supporting services are there."""
        stored = await self._progress.load(ctx)
        application = stored.application
        for service in application.services:
            request = service_request(application, service)
            await self._progress.answered(ctx, DURING["services"], lambda: self._paas.engine.deploy(request))  # noqa: B023  # awaited here
            ctx.reached("service")

    async def build(self, ctx: StepContext) -> None:
        """Begin to build, unless that was done while the media servers came up."""
        stored = await self._progress.load(ctx)
        if not ctx.data.get(BUILD_BEGUN):
            request = build_request(stored.application, self._media_plane(stored, ctx.data.get(REPOSITORY)))
            await self._progress.answered(ctx, DURING["build"], lambda: self._paas.engine.build(request))
        ctx.reached("building")
        async with self._progress.completing(ctx) as stored:
            stored.enter(AppStatus.BUILDING, self._progress.now())

    async def built(self, ctx: StepContext) -> None:
        """Wait for the image."""
        stored, began = await self._progress.load(ctx), self._paas.clock.monotonic()
        limit = self._paas.settings.limits.build_seconds
        while True:
            state = await self._progress.answered(
                ctx, DURING["built"], lambda: self._paas.engine.build_state(stored.os_name)
            )
            if state.phase is BuildPhase.COMPLETE:
                break
            if state.phase is BuildPhase.FAILED:
                raise StepError(state.reason or "see its log")
            if state.phase is BuildPhase.MISSING:
                await self._build_again(ctx, stored)
            elif await self._progress.since(ctx, BUILD_SINCE) > limit:
                if not stored.application.pod_list:
                    # Nothing else is there under its name; what goes on for ever must not.
                    await self._paas.engine.delete(stored.os_name)
                raise StepError(f"it was not over after {limit:g} s")
            await self._progress.rest(ctx, began)
        async with self._progress.completing(ctx) as stored:
            stored.enter(AppStatus.BUILD_OK, self._progress.now())

    async def _build_again(self, ctx: StepContext, stored: Stored) -> None:
        if ctx.data.get(BUILD_LOST):
            raise StepError("the engine has lost it twice")
        request = build_request(stored.application, self._media_plane(stored, ctx.data.get(REPOSITORY)))
        await self._progress.answered(ctx, DURING["built"], lambda: self._paas.engine.build(request))
        ctx.data[BUILD_LOST] = True
        await ctx.save()

    async def deploy(self, ctx: StepContext) -> None:
        """See to it that the containers are there."""
        stored = await self._progress.load(ctx)
        await self._deploy(ctx, stored, DURING["deploy"])
        ctx.reached("deployed")
        async with self._progress.completing(ctx) as stored:
            stored.enter(AppStatus.DEPLOYING, self._progress.now())

    async def _deploy(self, ctx: StepContext, stored: Stored, during: AppStatus) -> None:
        if REPOSITORY not in ctx.data:
            record = await self._progress.answered(ctx, during, lambda: self._plane.record(stored.nsr_id))
            ctx.data[REPOSITORY] = plane.repository_address(record) if record is not None else None
        request = application_request(
            stored.application, self._media_plane(stored, ctx.data[REPOSITORY]), self._paas.engine.service_host
        )
        await self._progress.answered(ctx, during, lambda: self._paas.engine.deploy(request))

    async def run(self, ctx: StepContext) -> None:
        """Wait for the containers to run, those of its services too."""
        stored, began = await self._progress.load(ctx), self._paas.clock.monotonic()
        engine, limit = self._paas.engine, self._paas.settings.limits.deploy_seconds
        names = ["the application", *(service.name or "" for service in stored.application.services)]
        while True:
            states = [
                await self._progress.answered(ctx, DURING["run"], lambda: engine.state(os_name))  # noqa: B023  # awaited here
                for os_name in stored.os_names
            ]
            if all(state.phase is DeploymentPhase.RUNNING for state in states):
                break
            failing = first_reason(names, states, DeploymentPhase.FAILED)
            missing = first_reason(names, states, DeploymentPhase.MISSING)
            if failing is None:
                ctx.data.pop(FAILING_SINCE, None)
            elif await self._progress.since(ctx, FAILING_SINCE) >= FAILING_SECONDS:
                raise StepError(failing)
            if await self._progress.since(ctx, DEPLOY_SINCE) > limit:
                waited = failing or missing or first_reason(names, states, DeploymentPhase.DEPLOYING)
                raise StepError(f"not after {limit:g} s: {waited}")
            if missing is not None and ctx.operation.kind in (DEPLOY, RECOVER):
                await self.services(ctx)
                await self._deploy(ctx, stored, DURING["run"])
            await self._progress.rest(ctx, began)
        async with self._progress.completing(ctx) as stored:
            stored.application.pod_list = pods(states[0])
            for service, state in zip(stored.application.services, states[1:], strict=True):
                service.status, service.pod_list = AppStatus.RUNNING, pods(state)
            stored.enter(AppStatus.RUNNING, self._progress.now())
            self._progress.over(stored, ctx)

    async def restart(self, ctx: StepContext) -> None:
        """Replace the containers by new ones."""
        stored = await self._progress.load(ctx)
        await self._progress.answered(ctx, DURING["restart"], lambda: self._paas.engine.restart(stored.os_name))
        ctx.reached("restarted")

    async def resize(self, ctx: StepContext) -> None:
        """Run as many containers as the application says."""
        stored = await self._progress.load(ctx)
        replicas = stored.application.replicas_number
        await self._progress.answered(ctx, DURING["resize"], lambda: self._paas.engine.scale(stored.os_name, replicas))
        ctx.reached("resized")

    def _media_plane(self, stored: Stored, repository: str | None) -> MediaPlane:
        told, group = self._paas.settings.media_servers, stored.application.media_server_group
        return MediaPlane(
            vnfm_address=told.address,
            vnfm_port=told.port,
            vnfr_id=(group.ms_vnfr_id if group else None) or "",
            repository_address=repository,
        )
