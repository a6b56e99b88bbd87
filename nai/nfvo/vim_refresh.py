"""Looking at an infrastructure: what it offers, and whether it answers at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nai.core.identifiers import deterministic_id
from nai.vim.errors import VimError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nai.catalogue import DeploymentFlavour, Network, NFVImage, VimInstance
    from nai.nfvo.context import Nfvo


async def refreshed(nfvo: Nfvo, vim: VimInstance) -> VimInstance:
    """Return an infrastructure as it is now.

    Args:
        nfvo: the running orchestrator.
        vim: the infrastructure with its password.

    Raises:
        VimError: it does not answer, or refuses the user.
    """
    inventory = await nfvo.open_driver(vim).refresh()
    return vim.model_copy(
        update={
            "images": _known(vim, inventory.images),
            "flavours": _known(vim, inventory.flavours),
            "networks": _known(vim, inventory.networks),
            "active": True,
        }
    )


async def looked_at(nfvo: Nfvo, vim: VimInstance) -> VimInstance:
    """Return an infrastructure as it is now, or inactive with what was known of it if it does not answer."""
    try:
        return await refreshed(nfvo, vim)
    except VimError:
        return vim.model_copy(update={"active": False})


def _known(
    vim: VimInstance, found: Sequence[NFVImage] | Sequence[DeploymentFlavour] | Sequence[Network]
) -> list[NFVImage | DeploymentFlavour | Network]:
    """Give what was found ids that are the same at every look."""
    kept: list[NFVImage | DeploymentFlavour | Network] = []
    for each in found:
        name = getattr(each, "name", None) or getattr(each, "flavour_key", None) or ""
        id_ = deterministic_id(vim.project_id or "", vim.name or "", type(each).__name__, each.ext_id or name)
        kept.append(each.model_copy(update={"id": id_}))
    return kept
