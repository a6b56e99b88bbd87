"""Which scripts run in an instance at an event, in which order, with which variables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nai.catalogue import Event
from nai.vnfm.generic.environment import own_variables, source_type_of, source_types, source_variables

if TYPE_CHECKING:
    from nai.catalogue import VirtualNetworkFunctionRecord, VNFCInstance, VNFRecordDependency

NO_SCRIPTS = frozenset({Event.ALLOCATE, Event.RELEASE, Event.GRANTED})
"""Events whose entries are words for people (seed Annex 1: "allocation of vdu"), not scripts."""


@dataclass(frozen=True)
class Run:
    """One run of a script.

    Attributes:
        event: The event.
        position: Place in the event's order, from 0.
        script: Name.
        variables: Environment.
    """

    event: Event
    position: int
    script: str
    variables: Mapping[str, str]


def scripts_of(vnfr: VirtualNetworkFunctionRecord, event: Event) -> list[str]:
    """Returns the names of an event's scripts in order."""
    if event in NO_SCRIPTS:
        return []
    return [name for entry in vnfr.lifecycle_event if entry.event is event for name in entry.lifecycle_events]


def runs(
    vnfr: VirtualNetworkFunctionRecord,
    vnfc: VNFCInstance,
    event: Event,
    *,
    dependency: VNFRecordDependency | None = None,
    more: Mapping[str, str] | None = None,
) -> list[Run]:
    """Returns what runs in an instance at an event.

    A script whose name begins with the type of a VNF that this one depends on runs once per instance of that VNF, and
    not at all when the dependency brings nothing of it. The others run once.

    Args:
        vnfr: The VNF.
        vnfc: The instance.
        event: The event.
        dependency: What the VNFs it depends on provide.
        more: Variables to add.
    """
    own = {**own_variables(vnfr, vnfc), **(more or {})}
    types = source_types(vnfr, dependency)
    planned: list[Run] = []
    for script in scripts_of(vnfr, event):
        source = source_type_of(script, types)
        if source is None:
            environments = [own]
        elif dependency is None:
            environments = []
        else:
            environments = [{**own, **found} for found in source_variables(dependency, source)]
        planned += [Run(event, len(planned) + n, script, variables) for n, variables in enumerate(environments)]
    return planned
