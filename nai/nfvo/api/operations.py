"""`/operations`: what the orchestrator is doing, has done, and could not do.

Verbs and states are those of Tacker's v2 API and ETSI SOL003 (clause 5.4.12 ff.): an operation that failed stays in
FAILED_TEMP until somebody has it retried, rolled back or failed for good.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Query, Request

from nai.core.errors import ConflictError, NotFoundError
from nai.core.operations import OperationState
from nai.core.wire import WireModel, wire
from nai.nfvo.api.access import InProject
from nai.nfvo.api.records_access import orchestrator_of
from nai.nfvo.api.routing import Id, resource

if TYPE_CHECKING:
    from nai.core.operations import Operation

router = resource("operations")


class OperationView(WireModel):
    """An operation occurrence, as clients see it.

    `operation` is what is done, for example `instantiate`; `step` the step that is under way, or at which it failed.
    """

    id: str
    operation: str
    ns_record_id: str = wire("nsRecordId")
    vnf_record_id: str | None = wire("vnfRecordId")
    operation_state: OperationState = wire("operationState")
    step: str
    error: str | None = None
    attempts: int = 0
    start_time: str = wire("startTime")
    state_entered_time: str = wire("stateEnteredTime")


def _view(operation: Operation) -> OperationView:
    return OperationView(
        id=operation.id,
        operation=operation.kind,
        ns_record_id=operation.subject,
        vnf_record_id=operation.data.get("function"),
        operation_state=operation.state,
        step=operation.step,
        error=operation.error,
        attempts=int(operation.data.get("attempt", 0)),
        start_time=operation.created_at.isoformat(),
        state_entered_time=operation.updated_at.isoformat(),
    )


@router.get("")
async def list_operations(
    caller: InProject,
    request: Request,
    ns_record_id: Annotated[str | None, Query(alias="nsRecordId", description="Only of this service")] = None,
) -> list[OperationView]:
    """List the operations on the project's services, oldest first."""
    orchestrator = orchestrator_of(request)
    own = await orchestrator.records.ids(caller.project_id)
    found = await orchestrator.operations.list(ns_record_id)
    return [_view(operation) for operation in found if operation.subject in own]


@router.get("/{id}")
async def get_operation(id: Id, caller: InProject, request: Request) -> OperationView:  # noqa: A002  # as everywhere
    """Return an operation."""
    return _view(await _own(id, caller, request))


@router.post("/{id}/retry", status_code=202)
async def retry(id: Id, caller: InProject, request: Request) -> OperationView:  # noqa: A002
    """Try again from the step that failed."""
    await _own(id, caller, request)
    return _view(await orchestrator_of(request).operations.retry(id))


@router.post("/{id}/rollback", status_code=202)
async def rollback(id: Id, caller: InProject, request: Request) -> OperationView:  # noqa: A002
    """Take back what was done."""
    operation = await _own(id, caller, request)
    if operation.kind not in orchestrator_of(request).reversible:
        raise ConflictError(f"The operation {operation.kind} cannot be taken back; retry it, or fail it")
    return _view(await orchestrator_of(request).operations.rollback(id))


@router.post("/{id}/fail")
async def fail(id: Id, caller: InProject, request: Request) -> OperationView:  # noqa: A002
    """Give up: what was done stays as it is."""
    await _own(id, caller, request)
    return _view(await orchestrator_of(request).operations.fail(id))


async def _own(identifier: str, caller: InProject, request: Request) -> Operation:
    orchestrator = orchestrator_of(request)
    operation = await orchestrator.operations.get(identifier)
    if await orchestrator.records.project_of(operation.subject) != caller.project_id:
        raise NotFoundError(f"No operation with id {identifier}")
    return operation
