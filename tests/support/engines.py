"""An engine in memory, for tests of its callers: it notes what is asked, fails on demand, and outlives a process."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from nai.core.errors import NotFoundError
from nai.paas.engines.errors import EngineRefusedError, EngineUnreachableError
from nai.paas.engines.protocol import BuildPhase, BuildState, DeploymentPhase, DeploymentState, Pod

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import SecretStr

    from nai.paas.engines.protocol import BuildRequest, DeployRequest


class MemoryEngine:
    """Builds and deploys at once.

    Attributes:
        reachable: Whether it answers at all.
        refusals: Why it says no, by method name.
        build_phase: How builds stand; RUNNING keeps them so until it is changed.
        deployment_phase: How deployments stand.
        bad_sources: What builds of these addresses say before they fail.
        bad_images: Why deployments of these images fail.
        calls: How often each method was called.
    """

    def __init__(self, file: Path | None = None) -> None:
        """Make one; with a file its state is read from there, and written after each change."""
        self.reachable = True
        self.refusals: dict[str, str] = {}
        self.build_phase = BuildPhase.COMPLETE
        self.deployment_phase = DeploymentPhase.RUNNING
        self.bad_sources: dict[str, str] = {}
        self.bad_images: dict[str, str] = {}
        self.calls: Counter[str] = Counter()
        self._file = file
        self.state_now: dict[str, dict[str, Any]] = {"builds": {}, "deployments": {}, "secrets": {}}
        if file is not None and file.exists():
            self.state_now = json.loads(file.read_text())

    @property
    def builds(self) -> dict[str, Any]:
        """Requests by name."""
        return self.state_now["builds"]

    @property
    def deployments(self) -> dict[str, Any]:
        """Requests by name."""
        return self.state_now["deployments"]

    @property
    def secrets(self) -> dict[str, Any]:
        """Keys by name."""
        return self.state_now["secrets"]

    def _called(self, method: str) -> None:
        self.calls[method] += 1
        if not self.reachable:
            raise EngineUnreachableError("The engine does not answer")
        if method in self.refusals:
            raise EngineRefusedError(self.refusals[method])

    def _there(self, name: str) -> None:
        if name not in self.deployments:
            raise NotFoundError(f"There is no deployment {name}")

    def _changed(self) -> None:
        if self._file is not None:
            temporary = self._file.with_suffix(".new")
            temporary.write_text(json.dumps(self.state_now))
            temporary.replace(self._file)

    async def build(self, request: BuildRequest) -> None:
        self._called("build")
        self.builds[request.name] = asdict(request)
        self._changed()

    async def build_state(self, name: str) -> BuildState:
        self._called("build_state")
        if name not in self.builds:
            return BuildState(BuildPhase.MISSING)
        if self.builds[name]["git_url"] in self.bad_sources:
            return BuildState(BuildPhase.FAILED, self.bad_sources[self.builds[name]["git_url"]])
        return BuildState(self.build_phase, "no Dockerfile" if self.build_phase is BuildPhase.FAILED else "")

    async def build_log(self, name: str) -> str:
        self._called("build_log")
        if name not in self.builds:
            return ""
        return f"{self.bad_sources.get(self.builds[name]['git_url'], f'built {name}')}\n"

    async def deploy(self, request: DeployRequest) -> None:
        self._called("deploy")
        if request.image is None and request.name not in self.builds:
            message = f"Nothing has been built under the name {request.name}"
            raise EngineRefusedError(message)
        before = self.deployments.get(request.name)
        wanted = {**asdict(request), "generation": before["generation"] if before else 0}
        if before and {**before, "replicas": request.replicas} != wanted:
            wanted["generation"] += 1
        self.deployments[request.name] = wanted
        self._changed()

    async def state(self, name: str) -> DeploymentState:
        self._called("state")
        if name not in self.deployments:
            return DeploymentState(DeploymentPhase.MISSING)
        deployment = self.deployments[name]
        trouble = self.bad_images.get(deployment["image"] or "", "")
        # Those of a restart are others.
        prefix = f"{name}-{deployment['generation']}" if deployment["generation"] else name
        pods = [
            Pod(f"{prefix}-{index}", running=not trouble, reason=trouble) for index in range(deployment["replicas"])
        ]
        return DeploymentState(DeploymentPhase.FAILED if trouble else self.deployment_phase, pods, trouble)

    async def log(self, name: str, pod: str) -> str:
        self._called("log")
        if pod not in [each.name for each in (await self.state(name)).pods]:
            raise NotFoundError(f"{name} has no container {pod}")
        return f"{self.bad_images.get(self.deployments[name]['image'] or '', f'hello from {pod}')}\n"

    async def scale(self, name: str, replicas: int) -> None:
        self._called("scale")
        self._there(name)
        self.deployments[name]["replicas"] = replicas
        self._changed()

    async def restart(self, name: str) -> None:
        self._called("restart")
        self._there(name)
        self.deployments[name]["generation"] += 1
        self._changed()

    async def delete(self, name: str) -> None:
        self._called("delete")
        self.builds.pop(name, None)
        self.deployments.pop(name, None)
        self._changed()

    async def put_secret(self, name: str, private_key: SecretStr) -> None:
        self._called("put_secret")
        self.secrets[name] = private_key.get_secret_value()
        self._changed()

    async def delete_secret(self, name: str) -> None:
        self._called("delete_secret")
        self.secrets.pop(name, None)
        self._changed()

    async def names(self) -> set[str]:
        self._called("names")
        return {*self.builds, *self.deployments}

    def service_host(self, name: str) -> str:
        return f"{name}-svc"

    async def check(self) -> None:
        self._called("check")

    async def close(self) -> None:
        self.calls["close"] += 1
