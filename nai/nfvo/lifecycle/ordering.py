"""Who waits for whom: the graph of a service's dependencies, and the order in which its functions are started."""

from __future__ import annotations

from collections import defaultdict
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from nai.core.errors import InvalidError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Set

    Edge = tuple[str, str]
    """(source, target): the target needs what the source provides. Names of functions."""


class CyclicDependenciesError(InvalidError):
    """Functions wait for each other, and the orchestrator was told to start them in order."""


def sources_by_target(edges: Iterable[Edge]) -> dict[str, frozenset[str]]:
    """Return whom each target waits for.

    A function that depends on itself (the PaaS's media servers do, to learn their own addresses) waits for itself to be
    instantiated, which it is by then; the edge stays, so that it is given its parameters.
    """
    found: defaultdict[str, set[str]] = defaultdict(set)
    for source, target in edges:
        found[target].add(source)
    return {target: frozenset(sources) for target, sources in found.items()}


def weights(names: Iterable[str], edges: Iterable[Edge]) -> dict[str, int]:
    """Return each function's place in an ordered start: 0 needs nobody, and each starts after all that it needs.

    Args:
        names: all functions of the service.
        edges: its dependencies.

    Raises:
        CyclicDependenciesError: there is no such order; the text names a cycle.
    """
    graph: Mapping[str, Set[str]] = {target: sources - {target} for target, sources in sources_by_target(edges).items()}
    try:
        order = list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        cycle = " -> ".join(error.args[1])
        message = f"The functions depend on each other in a circle ({cycle}), and ordered start is switched on"
        raise CyclicDependenciesError(message) from error
    found = dict.fromkeys(names, 0)
    for name in order:
        found[name] = 1 + max((found[source] for source in graph.get(name, ())), default=-1)
    return found
