"""`/api/v1/vnfrs/{id}/scripts`: the runs of a VNF's scripts."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, Field

from nai.core.errors import NotFoundError
from nai.vnfm.generic.api.access import check_token, generic
from nai.vnfm.generic.context import Generic
from nai.vnfm.generic.logs import log_lines
from nai.vnfm.generic.output import ScriptRun

router = APIRouter(prefix="/api/v1/vnfrs", tags=["scripts"], dependencies=[Depends(check_token)])

VnfrId = Annotated[str, Path(max_length=255)]
Parts = Annotated[Generic, Depends(generic)]


class ErrorBody(BaseModel):
    """An error."""

    code: str
    message: str


class RunSummary(BaseModel):
    """A run without its output."""

    id: int
    hostname: str
    event: str
    position: int
    script: str
    status: int | None = Field(description="Exit status; none while it runs, -1 when the agent was lost.")
    started_at: datetime
    finished_at: datetime | None


class Log(BaseModel):
    """The output of an instance's scripts, by lines."""

    output: list[str]
    error: list[str]


UNAUTHORIZED = {"model": ErrorBody, "description": "The token is missing or wrong."}
NOT_FOUND = {"model": ErrorBody, "description": "There is no such run."}
INVALID = {"model": ErrorBody, "description": "A parameter is wrong."}


@router.get("/{vnfr_id}/scripts", responses={401: UNAUTHORIZED, 422: INVALID})
async def list_runs(
    parts: Parts,
    vnfr_id: VnfrId,
    hostname: Annotated[str | None, Query(max_length=255)] = None,
    event: Annotated[str | None, Query(max_length=32)] = None,
) -> list[RunSummary]:
    """The runs in the order of their beginnings, of one instance or event where one is named."""
    runs = await parts.outputs.of_vnfr(vnfr_id, hostname=hostname, event=event)
    return [RunSummary.model_validate(run.model_dump()) for run in runs]


@router.get("/{vnfr_id}/scripts/{run_id}", responses={401: UNAUTHORIZED, 404: NOT_FOUND, 422: INVALID})
async def show_run(parts: Parts, vnfr_id: VnfrId, run_id: Annotated[int, Path(ge=1, le=2**63 - 1)]) -> ScriptRun:
    """One run with its output."""
    run = await parts.outputs.find(vnfr_id, run_id)
    if run is None:
        raise NotFoundError(f"the VNF {vnfr_id} has no run {run_id}")
    return run


@router.get("/{vnfr_id}/instances/{hostname}/log", responses={401: UNAUTHORIZED, 422: INVALID})
async def show_log(parts: Parts, vnfr_id: VnfrId, hostname: Annotated[str, Path(max_length=255)]) -> Log:
    """All output of an instance's scripts, each run's after a line that names it."""
    runs = await parts.outputs.of_vnfr(vnfr_id, hostname=hostname)
    return Log(output=log_lines(runs, "output"), error=log_lines(runs, "err"))
