"""`/logs`: the output of a function's scripts, as its manager has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Body
from pydantic import BaseModel, Field

from nai.core.bus import BusError, UnroutableError
from nai.core.errors import InvalidError, NotFoundError
from nai.nfvo.api.access import LoggedIn, Running
from nai.nfvo.api.routing import Id, resource
from nai.nfvo.identity.roles import check_access
from nai.nfvo.records.tables import ServiceRow
from nai.nfvo.store.projects import projects

if TYPE_CHECKING:
    from nai.catalogue import User
    from nai.nfvo.context import Nfvo

router = resource("logs")

QUEUE = "nfvo.vnfm.logs"
ANSWER_SECONDS = 10.0


class LogRequest(BaseModel):
    """How much is wanted."""

    lines: int | None = Field(default=None, ge=1, le=100_000)


@router.post("/{nsr_id}/vnfrecord/{vnfr_name}/hostname/{hostname}", status_code=200)
async def get_log(
    nsr_id: Id,
    vnfr_name: Id,
    hostname: Id,
    user: LoggedIn,
    nfvo: Running,
    body: Annotated[LogRequest | None, Body()] = None,
) -> list[str]:
    """Return the lines, latest last."""
    await _refuse_foreign(nsr_id, user, nfvo)
    question: dict[str, Any] = {"nsrId": nsr_id, "vnfrName": vnfr_name, "hostname": hostname}
    if body is not None and body.lines is not None:
        question["lines"] = body.lines
    try:
        answer = await nfvo.bus.call(QUEUE, question, timeout=ANSWER_SECONDS)
    except UnroutableError:
        message = "no VNFManager offers logs"
        raise NotFoundError(message) from None
    except BusError as error:
        message = f"the VNFManager's log could not be read: {error}"
        raise InvalidError(message) from None
    if answer.get("err"):
        raise NotFoundError(str(answer["err"]))
    output = answer.get("output", [])
    return output.splitlines() if isinstance(output, str) else [str(line) for line in output]


async def _refuse_foreign(nsr_id: str, user: User, nfvo: Nfvo) -> None:
    """Refuse whoever has no role in the project that the service is of."""
    async with nfvo.database.session() as session:
        row = await session.get(ServiceRow, nsr_id)
        if row is None:
            message = f"NetworkServiceRecord with id {nsr_id} was not found"
            raise NotFoundError(message)
        project = await projects.get(session, row.project_id)
    check_access(user, project.name or "", "GET")
