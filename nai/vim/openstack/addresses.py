"""Floating IPs of servers: made with a server, found again after a crash, and freed with it. Blocking.

Where Neutron keeps descriptions (Mitaka and later), an address that was made for a server says so, and is deleted with
the server. Before, nobody can tell afterwards who made an address: a free one of the project is taken first, and with
its server gone it is free again.
"""

from __future__ import annotations

from typing import Any

from nai.vim.errors import VimError, VimNotFoundError, VimQuotaError
from nai.vim.openstack.connection import Cloud
from nai.vim.openstack.networks import external_network_of
from nai.vim.requests import ANY_FLOATING_IP

DESCRIPTIONS = "standard-attr-description"


class FloatingIps:
    """The floating IPs of one project."""

    def __init__(self, cloud: Cloud) -> None:
        """Contacts nothing."""
        self._cloud = cloud
        self._described: bool | None = None

    def all(self) -> list[Any]:
        """Reads the project's floating IPs."""
        project = self._cloud.project_id
        return self._cloud.read("floating IPs", lambda api: list(api.network.ips(project_id=project)))

    def give(self, server_name: str, port: Any, wanted: str) -> str:
        """Gives a port a public address; one that it has already is kept.

        Args:
            server_name: Name of the port's server.
            port: The port.
            wanted: `random`, or an address that the project has.

        Returns:
            The address.

        Raises:
            VimNotFoundError: The wanted address is not the project's.
            VimQuotaError: There is no address left.
            VimError: The wanted address is another server's, or none can reach the network.
        """
        with self._cloud.addresses_lock:
            have = self.all()
            at_port = next((ip for ip in have if ip.port_id == port.id), None)
            if at_port is not None and wanted in (ANY_FLOATING_IP, at_port.floating_ip_address):
                return str(at_port.floating_ip_address)
            if wanted != ANY_FLOATING_IP:
                return self._give_just(wanted, have, port)
            return self._give_any(server_name, have, port)

    def free(self, server_name: str, port_ids: set[str]) -> None:
        """Deletes the addresses that were made for a server, and lets go of others at its ports."""
        for ip in self.all():
            if self.are_described and ip.description == _label(server_name):
                self._delete(ip)
            elif ip.port_id in port_ids:
                self._attach(ip, None)

    @property
    def are_described(self) -> bool:
        """Whether Neutron keeps descriptions."""
        if self._described is None:
            found = self._cloud.read("extensions", lambda api: [item.alias for item in api.network.extensions()])
            self._described = DESCRIPTIONS in found
        return self._described

    def _give_just(self, wanted: str, have: list[Any], port: Any) -> str:
        ip = next((ip for ip in have if ip.floating_ip_address == wanted), None)
        if ip is None:
            raise VimNotFoundError(f"VIM {self._cloud.name}: the project has no floating IP {wanted}")
        if ip.port_id is not None:
            raise VimError(
                f"VIM {self._cloud.name}: floating IP {wanted} belongs to another server (port {ip.port_id})"
            )
        self._attach(ip, port.id)
        return wanted

    def _give_any(self, server_name: str, have: list[Any], port: Any) -> str:
        external = external_network_of(self._cloud, port.network_id)
        idle = [ip for ip in have if ip.port_id is None and ip.floating_network_id == external]
        if self.are_described:
            # Made by an earlier run for this server, which was killed before it was attached.
            mine = [ip for ip in idle if ip.description == _label(server_name)]
            taken = mine or []
        else:
            taken = idle
        if taken:
            self._attach(taken[0], port.id)
            return str(taken[0].floating_ip_address)
        values = {"floating_network_id": external, "port_id": port.id}
        if self.are_described:
            values["description"] = _label(server_name)
        try:
            made = self._cloud.ask(f"floating IP for {server_name}", lambda api: api.network.create_ip(**values))
        except VimQuotaError:
            # The user's own addresses that lie idle are better than none; they are let go of, not deleted.
            unused = [ip for ip in idle if not (ip.description or "").startswith(_LABEL)]
            if not unused:
                raise
            self._attach(unused[0], port.id)
            return str(unused[0].floating_ip_address)
        return str(made.floating_ip_address)

    def _delete(self, ip: Any) -> None:
        self._cloud.ask(
            f"floating IP {ip.floating_ip_address}", lambda api: api.network.delete_ip(ip.id, ignore_missing=True)
        )

    def _attach(self, ip: Any, port_id: str | None) -> None:
        self._cloud.ask(
            f"floating IP {ip.floating_ip_address}", lambda api: api.network.update_ip(ip.id, port_id=port_id)
        )


_LABEL = "nai server "


def _label(server_name: str) -> str:
    return f"{_LABEL}{server_name}"
