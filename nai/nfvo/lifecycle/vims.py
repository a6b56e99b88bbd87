"""The infrastructures of a project, and what they have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nai.core.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nai.catalogue import DeploymentFlavour, VimInstance, VirtualNetworkFunctionDescriptor
    from nai.core.clock import Clock
    from nai.nfvo.lifecycle.ports import Inventory
    from nai.vim.driver import VimDriver

FRESH_SECONDS = 5.0
"""How long a reading of the infrastructures is good for: the steps of one order follow each other much faster."""


class Vims:
    """Knows the infrastructures and opens their drivers."""

    def __init__(self, inventory: Inventory, open_driver: Callable[[VimInstance], VimDriver], clock: Clock) -> None:
        """Use an inventory.

        Args:
            inventory: knows the infrastructures.
            open_driver: returns the driver of an infrastructure; one is kept for each.
            clock: tells when what was read is too old.
        """
        self._inventory, self._open_driver, self._clock = inventory, open_driver, clock
        self._read: dict[str, tuple[float, Sequence[VimInstance]]] = {}

    async def all(self, project_id: str, *, anew: bool = False) -> Sequence[VimInstance]:
        """Return the project's infrastructures.

        Args:
            project_id: the project.
            anew: read them now; else what was read a moment ago will do.
        """
        at, found = self._read.get(project_id, (0.0, ()))
        if anew or not found or self._clock.monotonic() - at > FRESH_SECONDS:
            found = await self._inventory.vim_instances(project_id)
            self._read[project_id] = (self._clock.monotonic(), found)
        return found

    async def named(self, project_id: str, names: Sequence[str]) -> list[VimInstance]:
        """Return some of the project's infrastructures, in the order of the names.

        Raises:
            NotFoundError: one is not there.
        """
        known = {vim.name: vim for vim in await self.all(project_id)}
        missing = [name for name in names if name not in known]
        if missing:
            raise NotFoundError(f"No VimInstance with name equals to {missing[0]}")
        return [known[name] for name in names]

    def driver(self, vim: VimInstance) -> VimDriver:
        """Return the driver of an infrastructure."""
        return self._open_driver(vim)


def flavour_of(
    key: str | None, vim: VimInstance, descriptor: VirtualNetworkFunctionDescriptor
) -> DeploymentFlavour | None:
    """Find the size behind a flavour's name: as the infrastructure has it, else as the descriptor states it."""
    for flavour in (*vim.flavours, *descriptor.deployment_flavour):
        if key and flavour.flavour_key == key:
            return flavour
    return None


def image_of(wanted: Sequence[str], vim: VimInstance) -> str:
    """Choose among the images that a unit may be made of: the first that is there.

    Raises:
        NotFoundError: the unit names none.
    """
    if not wanted:
        raise NotFoundError("The unit names no image (vm_image)")
    known = {image.name for image in vim.images} | {image.ext_id for image in vim.images}
    return next((name for name in wanted if name in known), wanted[0])
