"""The one interface to virtual infrastructure (the seed's Or-Vi and Vi-Vnfm reference points, section 2.3.6).

A driver belongs to one VIM instance. Every method can be called again after a crash of the caller without harm: things
are found by their names before they are made, and removing what is not there is no error.
"""

from __future__ import annotations

from typing import Protocol

from nai.catalogue import DeploymentFlavour, Network, Quota, Server
from nai.vim.errors import (
    VimCredentialsError,
    VimError,
    VimNotFoundError,
    VimQuotaError,
    VimTimeoutError,
    VimUnreachableError,
)
from nai.vim.requests import ANY_FLOATING_IP, NetworkAttachment, ServerRequest, VimInventory

__all__ = [
    "ANY_FLOATING_IP",
    "NetworkAttachment",
    "ServerRequest",
    "VimCredentialsError",
    "VimDriver",
    "VimError",
    "VimInventory",
    "VimNotFoundError",
    "VimQuotaError",
    "VimTimeoutError",
    "VimUnreachableError",
]


class VimDriver(Protocol):
    """One VIM instance. Every method may raise `VimError`, above all `VimUnreachableError`."""

    async def refresh(self) -> VimInventory:
        """Reads images, flavours and networks anew."""
        ...

    async def quota(self) -> Quota:
        """Reads what is left of the project's quota: instances, cores, MiB of memory, floating IPs, key pairs.

        Something without a limit is reported as `UNLIMITED` (2**31 - 1, the largest number the wire's clients read).
        """
        ...

    async def ensure_flavour(self, flavour: DeploymentFlavour) -> str:
        """Finds the flavour by name, or makes it where the infrastructure allows; returns its id.

        Raises:
            VimNotFoundError: It is not there, and its size is not given or the project may not make it.
        """
        ...

    async def ensure_network(self, name: str) -> Network:
        """Finds the network by name, or makes it with a subnet and a way out; returns it."""
        ...

    async def ensure_key(self, name: str, public_key: str) -> None:
        """Registers a public key (OpenSSH's one-line form) by name; one of the same name is replaced if it differs."""
        ...

    async def create_server(self, request: ServerRequest) -> Server:
        """Makes a server, or finds the one of that name, and waits until it is ACTIVE with all its addresses.

        A server that the infrastructure reports as failed is left for the caller, who deletes it by its name.

        Raises:
            VimNotFoundError: Something that the request names is not there; nothing was made.
            VimQuotaError: There is no room for it.
            VimTimeoutError: It was not ACTIVE in time.
            VimError: It failed; the text has the infrastructure's own reason.
        """
        ...

    async def find_server(self, name: str) -> Server | None:
        """Reads the server of exactly this name."""
        ...

    async def list_servers(self, prefix: str) -> list[Server]:
        """Reads the servers whose names start with the prefix, ordered by name."""
        ...

    async def delete_server(self, name: str) -> None:
        """Removes a server with the floating IPs that were made for it, and waits until it is gone."""
        ...

    async def start_server(self, name: str) -> None:
        """Starts a stopped server and waits until it is ACTIVE; a running one stays as it is.

        Raises:
            VimNotFoundError: There is none of that name.
        """
        ...

    async def stop_server(self, name: str) -> None:
        """Stops a server and waits until it is SHUTOFF; a stopped one stays as it is.

        Raises:
            VimNotFoundError: There is none of that name.
        """
        ...

    async def close(self) -> None:
        """Closes the connections; the driver can be used no more."""
        ...
