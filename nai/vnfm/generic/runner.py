"""Brings scripts into an instance and runs an event's scripts there, one after the other."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from nai.catalogue import HistoryLifecycleEvent
from nai.vnfm.generic.agents import AgentAnswer
from nai.vnfm.generic.errors import AgentLostError, ScriptFailedError
from nai.vnfm.generic.output.store import LOST
from nai.vnfm.generic.plan import Run
from nai.vnfm.generic.scripts import SCRIPTS_PATH, script_name
from nai.vnfm.sdk.executor import Observer, unobserved

if TYPE_CHECKING:
    from nai.catalogue import VirtualNetworkFunctionRecord
    from nai.core.clock import Clock
    from nai.vnfm.generic.agents import Agents
    from nai.vnfm.generic.output import Outputs

DELIVERY_SECONDS = 300.0
_SHOWN_CHARACTERS = 2000


class Runner:
    """Runs scripts in instances, each once per action, however often the action is carried out."""

    def __init__(
        self, agents: Agents, outputs: Outputs, clock: Clock, *, script_seconds: float, observer: Observer | None = None
    ) -> None:
        """Prepares the runner.

        Args:
            agents: Requests to the agents.
            outputs: Where output is kept.
            clock: The time.
            script_seconds: How long a script may run.
            observer: Is told each persisted step.
        """
        self._agents = agents
        self._outputs = outputs
        self._clock = clock
        self._script_seconds = script_seconds
        self._observer = observer or unobserved

    async def deliver(self, occurrence: str, hostname: str, requests: Sequence[Mapping[str, str]]) -> None:
        """Brings scripts into an instance.

        Args:
            occurrence: Action it is done for.
            hostname: Of the instance.
            requests: As scripts.delivery_requests makes them.

        Raises:
            AgentLostError: The agent is gone.
            ScriptFailedError: It could not take them.
        """
        for number, request in enumerate(requests):
            request_id = _digest(occurrence, hostname, "deliver", str(number))
            answer = await self._agents.request(hostname, request, request_id=request_id, seconds=DELIVERY_SECONDS)
            if answer.status != 0:
                raise ScriptFailedError(_failure(hostname, request.get("name") or request["payload"], answer))
        if requests:
            self._observer(f"scripts/{hostname}/delivered/after")

    async def run(
        self, occurrence: str, vnfr: VirtualNetworkFunctionRecord, hostname: str, planned: Sequence[Run]
    ) -> None:
        """Runs scripts in order, up to the first that fails.

        Raises:
            AgentLostError: The agent is gone.
            ScriptFailedError: A script failed.
        """
        for run in planned:
            await self._run(occurrence, vnfr, hostname, run)

    async def _run(self, occurrence: str, vnfr: VirtualNetworkFunctionRecord, hostname: str, run: Run) -> None:
        name = script_name(run.script)
        run_key = _digest(occurrence, hostname, run.event, str(run.position))
        stored = await self._outputs.begin(
            run_key,
            vnfr,
            hostname,
            event=run.event,
            position=run.position,
            script=name,
            variables=list(run.variables),
        )
        step = f"{run.event}/{hostname}/{run.position}"
        self._observer(f"{step}/begun/after")
        if stored.status is not None and stored.status != LOST:
            answer = AgentAnswer(stored.output, stored.err, stored.status)
        else:
            answer = await self._execute(run_key, hostname, run, name)
            await self._outputs.finish(run_key, status=answer.status, output=answer.output, err=answer.err)
            self._observer(f"{step}/finished/after")
        vnfr.lifecycle_event_history.append(
            HistoryLifecycleEvent(
                event=run.event,
                description=f"{name} on {hostname}: status {answer.status}",
                executed_at=self._clock.now().isoformat(timespec="seconds"),
            )
        )
        if answer.status != 0:
            raise ScriptFailedError(_failure(hostname, name, answer))

    async def _execute(self, run_key: str, hostname: str, run: Run, name: str) -> AgentAnswer:
        request = {
            "action": "EXECUTE",
            "payload": name,
            "env": dict(run.variables),
            "script-path": SCRIPTS_PATH,
            "timeout": self._script_seconds,
        }
        try:
            return await self._agents.request(hostname, request, request_id=run_key, seconds=self._script_seconds)
        except AgentLostError as error:
            await self._outputs.finish(run_key, status=LOST, output="", err=str(error))
            raise


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _failure(hostname: str, what: str, answer: AgentAnswer) -> str:
    text = (answer.err.strip() or answer.output.strip() or "no output")[-_SHOWN_CHARACTERS:]
    return f"EMS ({hostname}) had the following error: {what} ended with status {answer.status}: {text}"
