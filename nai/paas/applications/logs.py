"""What builds and containers say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nai.catalogue.applications import BuildLogs
from nai.core.errors import NotFoundError
from nai.paas.applications import store

if TYPE_CHECKING:
    from nai.paas.applications.store import Stored
    from nai.paas.context import Paas

CUT = "[… the beginning is left out …]\n"


class Logs:
    """Asks the engine. An unknown application is an ApplicationNotFoundError, everywhere."""

    def __init__(self, paas: Paas) -> None:
        """Use the PaaS manager's parts."""
        self._paas = paas

    async def of_build(self, identifier: str, project_id: str | None) -> BuildLogs:
        """What the last build of an application has said so far.

        Raises:
            EngineError: The engine does not say.
        """
        stored = await self._stored(identifier, project_id)
        text = await self._paas.engine.build_log(stored.os_name)
        application = stored.application
        return BuildLogs(
            id=application.id, name=application.name, project_name=application.project_name, log=self._end(text)
        )

    async def of_pod(self, identifier: str, project_id: str | None, pod: str) -> str:
        """What a container of an application, or of one of its services, has said.

        Raises:
            NotFoundError: It has no such container.
            EngineError: The engine does not say.
        """
        stored = await self._stored(identifier, project_id)
        for os_name in stored.os_names:
            state = await self._paas.engine.state(os_name)
            if any(each.name == pod for each in state.pods):
                return self._end(await self._paas.engine.log(os_name, pod))
        raise NotFoundError(f"The application has no container {pod[:255]}")

    async def _stored(self, identifier: str, project_id: str | None) -> Stored:
        async with self._paas.database.session() as session:
            return await store.get(session, identifier, self._paas.clock.now(), project_id=project_id)

    def _end(self, text: str) -> str:
        most = self._paas.settings.limits.log_bytes
        content = text.encode()
        return text if len(content) <= most else CUT + content[-most:].decode(errors="replace")
