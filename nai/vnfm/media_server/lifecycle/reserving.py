"""Finds the instances for a scale-out: warm ones first, and rows for new ones."""

from nai.catalogue import VNFCInstance, VNFComponent
from nai.core.identifiers import new_id
from nai.vnfm.media_server.lifecycle.context import Parts
from nai.vnfm.media_server.lifecycle.ledger import Instance, name_prefix
from nai.vnfm.media_server.lifecycle.tables import InstanceState
from nai.vnfm.media_server.lifecycle.vnfs import Vnf


def next_components(vnf: Vnf, unit_id: str, used: int, count: int) -> list[tuple[int, VNFComponent]]:
    """Gives position and component of further instances of a VDU.

    What is scaled out is made like the components that the VDU starts with, in turn, but is a component of its own: a
    component of the record has one instance.

    Args:
        vnf: The VNF.
        unit_id: The VDU.
        used: How many instances it has.
        count: How many more there shall be.
    """
    components = vnf.unit(unit_id).vnfc or [VNFComponent()]
    return [
        (position, components[position % len(components)].model_copy(update={"id": new_id()}))
        for position in range(used, used + count)
    ]


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
    await parts.ledger.reserve(vnf, unit_id, components, owner, foreign)


def with_component(instance: Instance, component: VNFComponent | None) -> VNFCInstance | None:
    """Gives the VNFC instance of a warm instance as one of a component; its connections stay what they are."""
    if instance.document is None or component is None:
        return instance.document
    return instance.document.model_copy(update={"vnf_component": component})


async def reserve(
    parts: Parts, vnf: Vnf, unit_id: str, count: int, owner: str, component: VNFComponent | None = None
) -> list[Instance]:
    """Finds so many instances of a VDU for an action; run again, it finds the same.

    Args:
        parts: The lifecycle's parts.
        vnf: The VNF.
        unit_id: The VDU.
        count: How many.
        owner: The action.
        component: What the NFVO wants an instance of; one is made up otherwise.

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
        await ledger.change(
            warm[:missing],
            state=InstanceState.TAKEN,
            owner=owner,
            component=lambda each: component or each.component,
            document=lambda each: with_component(each, component),
        )
        missing = count - len(reserved())
    if missing > 0:
        used = len(ledger.of(vnf.vnfr_id, unit_id=unit_id))
        components = next_components(vnf, unit_id, used, missing)
        if component is not None:
            components = [(position, component) for position, _ in components]
        await launch(parts, vnf, unit_id, components, owner)
    return reserved()[:count]
