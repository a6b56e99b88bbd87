"""What callers ask a driver for and what it tells them about the whole infrastructure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from nai.catalogue import DeploymentFlavour, Network, NFVImage

ANY_FLOATING_IP = "random"
"""What a connection point's `floatingIp` says when any address will do; else it is the address that is wanted."""


@dataclass(frozen=True)
class NetworkAttachment:
    """One connection of a server, in the order of its interfaces.

    Attributes:
        network: Name or id of the network.
        floating_ip: `random` for any public address, an address for just that one, None for none.
    """

    network: str
    floating_ip: str | None = None


@dataclass(frozen=True)
class ServerRequest:
    """A server to be made.

    Attributes:
        name: Its name, which is its identity: two requests with one name are one server.
        image: Name or id of the image.
        flavour: Name (the descriptor's `flavour_key`) or id of the flavour.
        networks: Connections of the server.
        keys: Names of key pairs. OpenStack injects the first; the public parts of all others are added by user data.
        security_groups: Names of security groups for every connection.
        user_data: Script that the server runs once when it first starts; empty for none.
    """

    name: str
    image: str
    flavour: str
    networks: Sequence[NetworkAttachment] = ()
    keys: Sequence[str] = ()
    security_groups: Sequence[str] = ()
    user_data: str = field(default="", repr=False)  # may hold credentials


@dataclass(frozen=True)
class VimInventory:
    """What the infrastructure offers.

    Attributes:
        images: Images that servers can be made of.
        flavours: Sizes of servers.
        networks: Networks with their subnets, the external ones too.
    """

    images: Sequence[NFVImage] = ()
    flavours: Sequence[DeploymentFlavour] = ()
    networks: Sequence[Network] = ()
