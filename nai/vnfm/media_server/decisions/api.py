"""REST view of the decisions: what autoscaling did, and why, or why not."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from nai.vnfm.media_server.api.answers import declared
from nai.vnfm.media_server.decisions.model import Decision, DecisionState
from nai.vnfm.media_server.lifecycle.finding import elasticity_of

router = APIRouter(tags=["autoscaling"])


@router.get("/vnfr/{vnfr_id}/decisions", responses=declared(400, 404, 503))
async def decisions(
    request: Request,
    vnfr_id: str,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    state: DecisionState | None = None,
) -> list[Decision]:
    """Gives the last autoscaling decisions of a VNFR, newest first, each with all that it saw."""
    store = elasticity_of(request, vnfr_id).decisions
    await store.written()
    return await store.of(vnfr_id, limit, state)
