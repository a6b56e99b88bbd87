"""`/ns-records/{id}/vnfrecords/{idVnf}/vdunits/…/vnfcinstances`: the instances of a function."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Request, Response

from nai.catalogue import Action, NFVMessage, VNFCInstance, VNFComponent
from nai.core.errors import InvalidError
from nai.nfvo.api.access import InProject
from nai.nfvo.api.records_access import orchestrator_of
from nai.nfvo.api.routing import Id, resource
from nai.nfvo.lifecycle.scaling_out import STANDBY_MODE

# Names of parameters are those of the wire's paths.
router = resource("ns-records/{id}/vnfrecords/{idVnf}/vdunits")

Component = Annotated[VNFComponent | None, Body(description="Like which the instance is to be; none: like the others")]


@router.post("/vnfcinstances", status_code=201, response_class=Response)
async def scale_out(
    id: Id,  # noqa: A002
    idVnf: Id,  # noqa: N803
    caller: InProject,
    request: Request,
    body: Component = None,
) -> Response:
    """Order one instance more, of the first unit that may have one."""
    await orchestrator_of(request).orders.scale_out(caller.project_id, id, idVnf, None, body)
    return Response(status_code=201)


@router.delete("/vnfcinstances", status_code=204)
async def scale_in(id: Id, idVnf: Id, caller: InProject, request: Request) -> Response:  # noqa: A002, N803
    """Order one instance less, of the first unit that can spare one."""
    await orchestrator_of(request).orders.scale_in(caller.project_id, id, idVnf, None, None)
    return Response(status_code=204)


@router.post("/{idVdu}/vnfcinstances", status_code=201, response_class=Response)
async def scale_out_unit(
    id: Id,  # noqa: A002
    idVnf: Id,  # noqa: N803
    idVdu: Id,  # noqa: N803
    caller: InProject,
    request: Request,
    body: Component = None,
) -> Response:
    """Order one instance more of a unit."""
    await orchestrator_of(request).orders.scale_out(caller.project_id, id, idVnf, idVdu, body)
    return Response(status_code=201)


@router.delete("/{idVdu}/vnfcinstances", status_code=204)
async def scale_in_unit(id: Id, idVnf: Id, idVdu: Id, caller: InProject, request: Request) -> Response:  # noqa: A002, N803
    """Order one instance less of a unit."""
    await orchestrator_of(request).orders.scale_in(caller.project_id, id, idVnf, idVdu, None)
    return Response(status_code=204)


@router.delete("/{idVdu}/vnfcinstances/{idVNFCI}", status_code=204)
async def scale_in_instance(
    id: Id,  # noqa: A002
    idVnf: Id,  # noqa: N803
    idVdu: Id,  # noqa: N803
    idVNFCI: Id,  # noqa: N803
    caller: InProject,
    request: Request,
) -> Response:
    """Order that this instance is removed."""
    await orchestrator_of(request).orders.scale_in(caller.project_id, id, idVnf, idVdu, idVNFCI)
    return Response(status_code=204)


@router.post("/{idVdu}/vnfcinstances/standby", status_code=201, response_class=Response)
async def add_standby(
    id: Id,  # noqa: A002
    idVnf: Id,  # noqa: N803
    idVdu: Id,  # noqa: N803
    caller: InProject,
    request: Request,
    body: Component = None,
) -> Response:
    """Order an instance that stands by."""
    await orchestrator_of(request).orders.scale_out(caller.project_id, id, idVnf, idVdu, body, mode=STANDBY_MODE)
    return Response(status_code=201)


@router.post("/{idVdu}/vnfcinstances/{idVNFC}/switchtostandby", status_code=201, response_class=Response)
async def switch_to_standby(
    id: Id,  # noqa: A002
    idVnf: Id,  # noqa: N803
    idVdu: Id,  # noqa: N803
    idVNFC: Id,  # noqa: N803
    body: VNFCInstance,
    caller: InProject,
    request: Request,
) -> Response:
    """Order that a stand-by takes over from the instance in the body, which failed."""
    await orchestrator_of(request).orders.switch_to_standby(caller.project_id, id, idVnf, idVdu, idVNFC, body)
    return Response(status_code=201)


@router.post("/{idVdu}/vnfcinstances/{idVNFCI}/start", status_code=201, response_class=Response)
async def start(
    id: Id,  # noqa: A002
    idVnf: Id,  # noqa: N803
    idVdu: Id,  # noqa: N803
    idVNFCI: Id,  # noqa: N803
    caller: InProject,
    request: Request,
) -> Response:
    """Order that an instance is started."""
    await orchestrator_of(request).orders.power(caller.project_id, id, idVnf, idVdu, idVNFCI, Action.START)
    return Response(status_code=201)


@router.post("/{idVdu}/vnfcinstances/{idVNFCI}/stop", status_code=201, response_class=Response)
async def stop(
    id: Id,  # noqa: A002
    idVnf: Id,  # noqa: N803
    idVdu: Id,  # noqa: N803
    idVNFCI: Id,  # noqa: N803
    caller: InProject,
    request: Request,
) -> Response:
    """Order that an instance is stopped."""
    await orchestrator_of(request).orders.power(caller.project_id, id, idVnf, idVdu, idVNFCI, Action.STOP)
    return Response(status_code=201)


@router.post("/{idVdu}/vnfcinstances/{idVNFCI}/actions", status_code=201, response_class=Response)
async def act(
    id: Id,  # noqa: A002
    idVnf: Id,  # noqa: N803
    idVdu: Id,  # noqa: N803
    idVNFCI: Id,  # noqa: N803
    body: NFVMessage,
    caller: InProject,
    request: Request,
) -> Response:
    """Order an action on an instance: HEAL (with a `cause`), START or STOP."""
    orders = orchestrator_of(request).orders
    if body.action is Action.HEAL:
        cause = str(getattr(body, "cause", "") or "")
        await orders.heal(caller.project_id, id, idVnf, idVdu, idVNFCI, cause)
    elif body.action in (Action.START, Action.STOP):
        await orders.power(caller.project_id, id, idVnf, idVdu, idVNFCI, body.action)
    else:
        raise InvalidError(f"The action {body.action} cannot be ordered for an instance; HEAL, START and STOP can")
    return Response(status_code=201)
