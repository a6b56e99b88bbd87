"""Servers by name. Blocking; waiting is the driver's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from nai.catalogue import Network, Server
from nai.vim.errors import VimError, VimNotFoundError, VimQuotaError, VimUnreachableError
from nai.vim.openstack import inventory, reading, user_data
from nai.vim.openstack.addresses import FloatingIps
from nai.vim.openstack.connection import Cloud
from nai.vim.openstack.errors import is_room_problem
from nai.vim.requests import ServerRequest

GONE = ("DELETED", "SOFT_DELETED")


class Servers:
    """The servers of one project."""

    def __init__(self, cloud: Cloud) -> None:
        """Contacts nothing."""
        self._cloud = cloud
        self._floating_ips = FloatingIps(cloud)

    def named(self, name: str) -> list[Any]:
        """Reads the servers of exactly this name, the oldest first.

        Nova's names need not be unique. A second one of a name appears when a request was sent, its answer was lost,
        and the server was not yet in Nova's database when the name was looked up.
        """
        # Nova takes the name as a regular expression of its database.
        pattern = "^" + re.sub(r"[^\w-]", ".", name) + "$"
        found = self._cloud.read(f"server {name}", lambda api: list(api.compute.servers(name=pattern)))
        return sorted(
            (item for item in found if item.name == name and item.status not in GONE),
            key=lambda item: (item.created_at or "", item.id),
        )

    def read(self, server_id: str) -> Any | None:
        """Reads one server; None when it is gone."""
        try:
            found = self._cloud.read(f"server {server_id}", lambda api: api.compute.get_server(server_id))
        except VimNotFoundError:
            return None
        return None if found.status in GONE else found

    def find_or_create(self, request: ServerRequest) -> str:
        """Returns the id of the server of that name, which is made when there is none."""
        have = self.named(request.name)
        if not have:
            made = self._create(request)
            try:
                have = self.named(request.name)
            except VimUnreachableError:
                if made is None:
                    raise
                return made  # a second one of the name is found by the next look
        if not have:
            raise VimError(f"VIM {self._cloud.name}: server {request.name} was deleted right after it was made")
        for extra in have[1:]:
            self.ask_removal(extra.id)
        return str(have[0].id)

    def give_addresses(self, request: ServerRequest, server_id: str) -> None:
        """Gives a server the floating IPs that its request wants."""
        if not any(attachment.floating_ip for attachment in request.networks):
            return
        ports = self._ports(server_id)
        known = inventory.networks(self._cloud)
        for attachment in request.networks:
            if not attachment.floating_ip:
                continue
            ids = {item.ext_id for item in known if attachment.network in (item.ext_id, item.name)}
            port = next((port for port in ports if port.network_id in ids), None)
            if port is None:
                raise VimError(f"VIM {self._cloud.name}: server {request.name} has no port in {attachment.network}")
            self._floating_ips.give(request.name, port, attachment.floating_ip)

    def delete(self, name: str) -> list[str]:
        """Frees the floating IPs of the servers of a name and asks for their removal; returns their ids."""
        found = self.named(name)
        port_ids = {str(port.id) for item in found for port in self._ports(item.id)}
        self._floating_ips.free(name, port_ids)
        for item in found:
            self.ask_removal(item.id)
        return [str(item.id) for item in found]

    def ask_removal(self, server_id: str) -> None:
        """Asks Nova to remove one server; one that is gone is no error."""
        self._cloud.ask(f"server {server_id}", lambda api: api.compute.delete_server(server_id, ignore_missing=True))

    def set_power(self, server_id: str, *, on: bool) -> None:
        """Asks Nova to start or stop a server."""
        self._cloud.ask(
            f"server {server_id}",
            lambda api: api.compute.start_server(server_id) if on else api.compute.stop_server(server_id),
        )

    def start_if_stopped(self, server_id: str) -> bool:
        """Starts a server that an earlier run made and somebody stopped; returns whether it did."""
        server = self.read(server_id)
        stopped = server is not None and server.status == "SHUTOFF" and not server.task_state
        if stopped:
            self.set_power(server_id, on=True)
        return stopped

    def describe(self, found: Iterable[Any]) -> list[Server]:
        """Adds addresses, flavours and network names, with the same few requests for any number of servers."""
        servers = list(found)
        if not servers:
            return []
        ports = self._ports(servers[0].id) if len(servers) == 1 else self._all_ports()
        names = {str(item.ext_id): str(item.name) for item in inventory.networks(self._cloud)}
        flavours = {}
        for flavour in inventory.flavours(self._cloud):
            flavours[str(flavour.ext_id)] = flavours[str(flavour.flavour_key)] = flavour
        floating_ips = self._floating_ips.all()
        return [
            reading.server(
                item,
                ports=[port for port in ports if port.device_id == item.id],
                floating_ips=floating_ips,
                network_names=names,
                flavours=flavours,
            )
            for item in servers
        ]

    def starting_with(self, prefix: str) -> list[Any]:
        """Reads the servers whose names start with a prefix, ordered by name."""
        pattern = "^" + re.sub(r"[^\w-]", ".", prefix)
        found = self._cloud.read(f"servers {prefix}*", lambda api: list(api.compute.servers(name=pattern)))
        return sorted(
            (item for item in found if item.name.startswith(prefix) and item.status not in GONE),
            key=lambda item: (item.name, item.created_at or "", item.id),
        )

    def failure(self, server: Any) -> VimError:
        """The error for a server in ERROR, with Nova's own reason."""
        reason = reading.fault(server) or "Nova gives no reason; see the logs of nova-compute on its host"
        kind = VimQuotaError if is_room_problem(reason) else VimError
        return kind(f"VIM {self._cloud.name}: server {server.name} ({server.id}) is in ERROR: {reason}")

    def _create(self, request: ServerRequest) -> str | None:
        """Sends the request; returns the server's id.

        After a lost answer only a look at the servers tells whether it arrived; None when it did.
        """
        attributes = self._attributes(request)
        try:
            made = self._cloud.ask(f"server {request.name}", lambda api: api.compute.create_server(**attributes))
        except VimUnreachableError:
            if not self.named(request.name):
                raise
            return None
        return str(made.id)

    def _attributes(self, request: ServerRequest) -> dict[str, Any]:
        """The request as Nova's API takes it; everything that it names is looked up first."""
        more_keys = [inventory.public_key(self._cloud, name) for name in request.keys[1:]]
        attributes: dict[str, Any] = {
            "name": request.name,
            "image_id": inventory.image_id(self._cloud, request.image),
            "flavor_id": inventory.flavour_id(self._cloud, request.flavour),
            "networks": [{"uuid": network.ext_id} for network in self._networks(request)],
            "security_groups": [{"name": group} for group in self._security_groups(request)],
            "user_data": user_data.encode(request.user_data, more_keys),
            "key_name": request.keys[0] if request.keys else None,
        }
        if request.keys:
            inventory.public_key(self._cloud, request.keys[0])
        return {key: value for key, value in attributes.items() if value not in (None, [])}

    def _networks(self, request: ServerRequest) -> list[Network]:
        """The networks of a server; a project's only one need not be named.

        Raises:
            VimNotFoundError: One is not there, or none is named and there is not exactly one.
        """
        have = inventory.networks(self._cloud)
        names = ", ".join(sorted(str(item.name) for item in have)) or "none"
        if not request.networks:
            inside = [item for item in have if not item.external]
            if len(inside) != 1:
                raise VimNotFoundError(
                    f"VIM {self._cloud.name}: server {request.name} names no network, and there are {names}"
                )
            return inside
        wanted = []
        for attachment in request.networks:
            found = next((item for item in have if attachment.network in (item.ext_id, item.name)), None)
            if found is None:
                raise VimNotFoundError(
                    f"VIM {self._cloud.name}: network {attachment.network} is not there; there are {names}"
                )
            wanted.append(found)
        return wanted

    def _security_groups(self, request: ServerRequest) -> list[str]:
        """Ids of the groups, so that a name that other projects use too is no question."""
        if not request.security_groups:
            return []
        project = self._cloud.project_id
        have = self._cloud.read("security groups", lambda api: list(api.network.security_groups(project_id=project)))
        ids = {key: str(group.id) for group in have for key in (group.id, group.name)}
        missing = [name for name in request.security_groups if name not in ids]
        if missing:
            names = ", ".join(sorted(str(group.name) for group in have)) or "none"
            raise VimNotFoundError(
                f"VIM {self._cloud.name}: security group {', '.join(missing)} is not there; there are {names}"
            )
        return list(dict.fromkeys(ids[name] for name in request.security_groups))

    def _ports(self, server_id: str) -> list[Any]:
        return self._cloud.read("ports", lambda api: list(api.network.ports(device_id=server_id)))

    def _all_ports(self) -> list[Any]:
        project = self._cloud.project_id
        return self._cloud.read("ports", lambda api: list(api.network.ports(project_id=project)))
