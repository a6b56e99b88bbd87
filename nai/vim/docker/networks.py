"""Networks of an engine. Blocking."""

from __future__ import annotations

from typing import Any

from nai.catalogue import Network, Subnet
from nai.vim.docker.engine import Engine
from nai.vim.errors import VimError, VimNotFoundError

LABEL = "nai.vim"
_NO_NETWORKS = ("host", "none")


def networks(engine: Engine) -> list[Network]:
    """Reads the networks that containers can be attached to."""
    found = engine.ask("networks", lambda client: client.networks.list())
    return [_network(item.attrs) for item in found if item.name not in _NO_NETWORKS]


def network_of(engine: Engine, wanted: str) -> Network:
    """Finds a network by id or name.

    Raises:
        VimNotFoundError: There is none.
    """
    found = networks(engine)
    for item in found:
        if wanted in (item.ext_id, item.name):
            return item
    names = ", ".join(sorted(str(item.name) for item in found)) or "none"
    raise VimNotFoundError(f"VIM {engine.name}: network {wanted} is not there; there are {names}")


def ensure_network(engine: Engine, name: str) -> Network:
    """Finds a network by name or makes a bridge; the engine picks its range."""
    try:
        return network_of(engine, name)
    except VimNotFoundError:
        pass
    try:
        engine.ask(
            f"network {name}",
            lambda client: client.networks.create(name, driver="bridge", labels={LABEL: engine.name}),
        )
    except VimError:
        # Another process may have made it in the meantime; what else went wrong is said again by the look.
        try:
            return network_of(engine, name)
        except VimNotFoundError:
            pass
        raise
    return network_of(engine, name)


def _network(attributes: dict[str, Any]) -> Network:
    ranges = (attributes.get("IPAM") or {}).get("Config") or []
    return Network(
        ext_id=attributes["Id"],
        name=attributes["Name"],
        # A bridge's containers reach the outside through their host, unless it was made without that.
        external=False,
        shared=True,
        subnets=[
            Subnet(
                ext_id=f"{attributes['Id']}-{number}",
                name=f"{attributes['Name']}-{number}",
                network_id=attributes["Id"],
                cidr=part.get("Subnet"),
                gateway_ip=part.get("Gateway"),
            )
            for number, part in enumerate(ranges)
        ],
    )
