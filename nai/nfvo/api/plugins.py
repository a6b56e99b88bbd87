"""`/plugins`: the drivers of infrastructures. They are part of the orchestrator; none is downloaded."""

from __future__ import annotations

from nai.core.errors import NotFoundError
from nai.nfvo.api.access import LoggedIn
from nai.nfvo.api.routing import Id, resource
from nai.vim.registry import driver_types

router = resource("plugins")

KIND = "vim-drivers"


@router.get("")
async def list_plugins(_user: LoggedIn) -> list[str]:
    """List them, named as the queues of plugins were."""
    return [f"{KIND}.{type_}.{type_}" for type_ in driver_types()]


@router.get("/{kind}/{name}/{version:path}")
async def install_plugin(kind: Id, name: Id, version: str, _user: LoggedIn) -> None:
    """Make sure that a plugin is there; clients ask for what they need."""
    if kind != KIND or name not in driver_types():
        message = f"there is no plugin {kind}/{name}/{version}: drivers for {', '.join(driver_types())} are built in"
        raise NotFoundError(message)
