"""The record of a VNF as the NFVO shall see it: pure."""

from collections.abc import Collection, Iterable

from nai.catalogue import Status, VirtualNetworkFunctionRecord
from nai.vnfm.media_server.lifecycle.ledger import Instance
from nai.vnfm.media_server.lifecycle.vnfs import Vnf


def record_with(vnf: Vnf, instances: Iterable[Instance], status: Status | None = None) -> VirtualNetworkFunctionRecord:
    """Puts instances into a VNF's record.

    Args:
        vnf: The VNF.
        instances: All instances that it has; those without a server are left out.
        status: Its status; None leaves what the record says.

    Returns:
        A copy of the record with exactly these instances.
    """
    given = [each for each in instances if each.document is not None]
    units = [
        unit.model_copy(update={"vnfc_instance": [each.document for each in given if each.unit_id == unit.id]})
        for unit in vnf.record.vdu
    ]
    changes: dict[str, object] = {"vdu": units, "vnf_address": _addresses(given)}
    if status is not None:
        changes["status"] = status
    return vnf.record.model_copy(update=changes)


def _addresses(instances: Collection[Instance]) -> list[str]:
    return [address for each in instances if (address := each.address)]
