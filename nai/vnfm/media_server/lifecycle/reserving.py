"""Finds the instances for a scale-out: warm ones first, and rows for new ones."""

from nai.catalogue import VNFComponent
from nai.vnfm.media_server.lifecycle.context import Parts
from nai.vnfm.media_server.lifecycle.ledger import Instance, name_prefix
from nai.vnfm.media_server.lifecycle.tables import InstanceState
from nai.vnfm.media_server.lifecycle.vnfs import Vnf


def next_components(vnf: Vnf, unit_id: str, used: int, count: int) -> list[tuple[int, VNFComponent]]:
    """Gives position and component of further instances of a VDU.

    A VDU has as many components as it starts with; what is scaled out is made like them, in turn.

    Args:
        vnf: The VNF.
        unit_id: The VDU.
        used: How many instances it has.
        count: How many more there shall be.
    """
    components = vnf.unit(unit_id).vnfc or [VNFComponent()]
    return [(position, components[position % len(components)]) for position in range(used, used + count)]


async def launch(parts: Parts, vnf: Vnf, unit_id: str, components: list[tuple[int, VNFComponent]], owner: str) -> None:
    """Writes down new instances of a VDU, LAUNCHING.

    Args:
        parts: The lifecycle's parts.
        vnf: The VNF.
        unit_id: The VDU.
        components: Position and component of each.
        owner: The action they are for.

    Raises:
        VimError: The infrastructure does not say which names are taken.
    """
    if not components:
        return
    prefix = name_prefix(vnf.record.name or "")
    foreign = await parts.allocator.foreign_names(vnf, unit_id, prefix)
    await parts.ledger.reserve(vnf.vnfr_id, vnf.record.name or "", unit_id, components, owner, foreign)


async def reserve(parts: Parts, vnf: Vnf, unit_id: str, count: int, owner: str) -> list[Instance]:
    """Finds so many instances of a VDU for an action; run again, it finds the same.

    Args:
        parts: The lifecycle's parts.
        vnf: The VNF.
        unit_id: The VDU.
        count: How many.
        owner: The action.

    Returns:
        Warm ones, TAKEN, and new ones, LAUNCHING.
    """
    ledger = parts.ledger

    def reserved() -> list[Instance]:
        return [
            each
            for each in ledger.owned_by(owner, InstanceState.TAKEN, InstanceState.LAUNCHING)
            if each.unit_id == unit_id
        ]

    missing = count - len(reserved())
    if missing > 0 and (warm := ledger.of(vnf.vnfr_id, InstanceState.WARM, unit_id=unit_id)):
        await ledger.change(warm[:missing], state=InstanceState.TAKEN, owner=owner)
        missing = count - len(reserved())
    if missing > 0:
        used = len(ledger.of(vnf.vnfr_id, unit_id=unit_id))
        await launch(parts, vnf, unit_id, next_components(vnf, unit_id, used, missing), owner)
    return reserved()[:count]
