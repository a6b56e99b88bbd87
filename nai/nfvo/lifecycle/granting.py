"""GRANT_OPERATION: where a function may be placed, and whether there is room (wire contract 6.7).

What is granted is not in the infrastructure yet, so its own figures do not show it: it is reserved here until each
instance is made. Two services that are ordered together can therefore not both be granted the last place.
"""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING

from nai.nfvo.lifecycle import naming, quota
from nai.nfvo.lifecycle.errors import GrantRefusedError
from nai.nfvo.lifecycle.vims import flavour_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from nai.catalogue import Quota, VimInstance, VirtualDeploymentUnit
    from nai.nfvo.lifecycle.vims import Vims
    from nai.nfvo.records.service import Function, Service


class Reservations:
    """Room that was granted and not yet taken, for each component that an instance is still to be made of."""

    def __init__(self) -> None:
        """Start with none: after a restart, whoever still needs room asks again."""
        self._taken: dict[tuple[str, str], tuple[str, quota.Demand]] = {}
        self.changed = asyncio.Condition()

    def of_others(self, vim_name: str, function_id: str) -> quota.Demand:
        """Return what is reserved on an infrastructure for anybody but one function."""
        return sum(
            (
                wanted
                for (owner, _), (where, wanted) in self._taken.items()
                if where == vim_name and owner != function_id
            ),
            quota.Demand(),
        )

    def reserve(self, function_id: str, component_id: str, vim_name: str, wanted: quota.Demand) -> None:
        """Keep room for one component's instance."""
        self._taken[function_id, component_id] = (vim_name, wanted)

    async def free(self, function_id: str, component_id: str | None = None) -> None:
        """Give up the room of one component, or of all of a function: it was taken, or is not needed any more."""
        keys = [key for key in self._taken if key[0] == function_id and component_id in (None, key[1])]
        for key in keys:
            del self._taken[key]
        if keys:
            async with self.changed:
                self.changed.notify_all()


class Granting:
    """Decides on requests for room, one at a time."""

    def __init__(self, vims: Vims, reservations: Reservations, *, quota_check: bool) -> None:
        """Use the project's infrastructures.

        Args:
            vims: opens them.
            reservations: shared with whoever makes the instances.
            quota_check: whether to look at what is left; else any place will do.
        """
        self._vims, self._reservations, self._quota_check = vims, reservations, quota_check

    async def grant(self, service: Service, function: Function) -> dict[str, VimInstance]:
        """Choose an infrastructure for each unit of a function, and reserve the room for what it still misses.

        Returns:
            The choice by the unit's id. The first of the unit's infrastructures that has room is taken.

        Raises:
            GrantRefusedError: there is no room, not even when everything that is being made for others is done.
        """
        while True:
            async with self._reservations.changed:
                chosen, refusal, contended = await self._try(service, function)
                if not refusal:
                    return chosen
                if not contended:
                    raise GrantRefusedError(f"Not enough resources for {function.name}: {refusal}")
                # Others hold what is missing. What they are making is perhaps counted twice just now, as reserved and
                # as there; and some of it may fail. Decide when that is settled.
                await self._reservations.changed.wait()

    async def _try(self, service: Service, function: Function) -> tuple[dict[str, VimInstance], str, bool]:
        chosen: dict[str, VimInstance] = {}
        planned: list[tuple[str, str, quota.Demand]] = []
        left: dict[str, Quota] = {}
        for unit in function.document.vdu:
            candidates = await self._vims.named(service.project_id, function.inner.vims.get(unit.id or "", []))
            if not candidates:
                return {}, f"unit {unit.name} may be placed nowhere", False
            if not self._quota_check:
                chosen[unit.id or ""] = random.choice(candidates)  # noqa: S311 - spreads load, guards nothing
                continue
            refusals: list[str] = []
            contended = False
            for vim in candidates:
                name = vim.name or ""
                reserved = self._reservations.of_others(name, function.id)
                if name not in left:
                    left[name] = await self._vims.driver(vim).quota()
                missing = await self._missing(function, unit, vim)
                wanted = self._demand(function, vim, len(missing))
                mine = sum((demand for where, _, demand in planned if where == name), wanted)
                shortage = quota.shortage(mine, left[name], reserved)
                if not shortage:
                    chosen[unit.id or ""] = vim
                    each = self._demand(function, vim, 1)
                    planned += [(name, component, each) for component in missing]
                    break
                contended |= bool(reserved) and not quota.shortage(mine, left[name], quota.Demand())
                refusals.append(f"{name}: {shortage}")
            else:
                return {}, "; ".join(refusals), contended
        for name, component, each in planned:
            self._reservations.reserve(function.id, component, name, each)
        return chosen, "", False

    async def _missing(self, function: Function, unit: VirtualDeploymentUnit, vim: VimInstance) -> Sequence[str]:
        """Return the ids of the unit's components that no instance exists of."""
        missing = missing_components(unit)
        if function.inner.granted and missing:
            # A crash may have left instances that no record shows; the infrastructure has counted them already.
            prefix = naming.prefix(function.name, function.id)
            there = {server.name for server in await self._vims.driver(vim).list_servers(prefix)}
            missing = [component for component in missing if function.inner.names.get(component) not in there]
        return missing

    def _demand(self, function: Function, vim: VimInstance, count: int) -> quota.Demand:
        flavour = flavour_of(function.document.deployment_flavour_key, vim, function.descriptor)
        return quota.demand(flavour, count) if flavour else quota.Demand(count)


def missing_components(unit: VirtualDeploymentUnit) -> list[str]:
    """Return the ids of a unit's components that have no instance."""
    made: Collection[str | None] = {each.vnf_component.id for each in unit.vnfc_instance if each.vnf_component}
    return [component.id or "" for component in unit.vnfc if component.id not in made]


def by_unit(choice: Mapping[str, VimInstance]) -> dict[str, list[str]]:
    """Return a choice as it is remembered: names by the unit's id."""
    return {unit: [vim.name or ""] for unit, vim in choice.items()}
