"""Which VDU gets, or gives, how many instances: pure functions."""

from collections.abc import Iterable, Mapping

from nai.vnfm.media_server.autoscaling.fleet import UnitFleet


def share_out(units: Iterable[UnitFleet], count: int) -> Mapping[str, int]:
    """Spreads new instances: each goes to the VDU that then has the fewest of those with room.

    Args:
        units: The VDUs.
        count: How many instances are wanted.

    Returns:
        VDU id to the number of new instances, VDUs without any left out; in all at most `count`.
    """
    sizes = {unit.unit_id: unit.instances for unit in units}
    room = {unit.unit_id: max(0, unit.maximum - unit.instances) for unit in units}
    given: dict[str, int] = {}
    for _ in range(min(count, sum(room.values()))):
        unit_id = min((name for name in room if room[name]), key=lambda name: sizes[name])
        sizes[unit_id] += 1
        room[unit_id] -= 1
        given[unit_id] = given.get(unit_id, 0) + 1
    return given


def share_in(units: Iterable[UnitFleet], count: int) -> Mapping[str, int]:
    """Chooses the VDUs that give up instances: always the one that then has the most.

    Args:
        units: The VDUs.
        count: How many instances shall go.

    Returns:
        VDU id to the number of instances to remove: only idle ones, and never below the VDU's minimum.
    """
    sizes = {unit.unit_id: unit.instances for unit in units}
    spare = {unit.unit_id: max(0, min(unit.idle, unit.instances - unit.minimum)) for unit in units}
    taken: dict[str, int] = {}
    for _ in range(min(count, sum(spare.values()))):
        unit_id = max((name for name in spare if spare[name]), key=lambda name: sizes[name])
        sizes[unit_id] -= 1
        spare[unit_id] -= 1
        taken[unit_id] = taken.get(unit_id, 0) + 1
    return taken
