"""REST view of a VNF's elasticity: what the engine does about it, its policies, and its instances."""

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from nai.vnfm.media_server.api.answers import declared
from nai.vnfm.media_server.autoscaling.policy import Direction, ScalingType
from nai.vnfm.media_server.autoscaling.states import ScalingState
from nai.vnfm.media_server.lifecycle.finding import elasticity_of
from nai.vnfm.media_server.lifecycle.tables import InstanceState

router = APIRouter(tags=["autoscaling"])


class _Document(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class PolicyView(_Document):
    """A policy that is run; `period` and `cooldown` in seconds."""

    name: str
    type: ScalingType
    direction: Direction
    period: float
    cooldown: float


class InstanceView(_Document):
    """An instance: a warm one, one that serves, or one on its way in or out."""

    hostname: str
    unit_id: str
    state: InstanceState
    ip: str | None
    capacity: int


class ElasticityView(_Document):
    """What is done about a VNF."""

    vnfr_id: str
    state: ScalingState
    policies: list[PolicyView]
    instances: list[InstanceView]


@router.get("/vnfr/{vnfr_id}/elasticity", responses=declared(400, 404, 503))
async def elasticity(request: Request, vnfr_id: str) -> ElasticityView:
    """Gives the state of the engine for a VNFR, its policies and its instances, warm ones too."""
    found = elasticity_of(request, vnfr_id)
    return ElasticityView(
        vnfr_id=vnfr_id,
        state=found.engine.state(vnfr_id),
        policies=[
            PolicyView(
                name=policy.name,
                type=policy.type,
                direction=policy.direction,
                period=policy.period,
                cooldown=policy.cooldown,
            )
            for policy in found.engine.policies(vnfr_id)
        ],
        instances=[
            InstanceView(
                hostname=each.name, unit_id=each.unit_id, state=each.state, ip=each.address, capacity=each.capacity
            )
            for each in found.parts.ledger.of(vnfr_id)
        ],
    )
