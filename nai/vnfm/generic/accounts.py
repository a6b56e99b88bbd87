"""Broker users of the agents.

What an agent may reach of the broker is limited to requests to instances, and to the routing keys `ems.*`:
registrations and answers. Answers go through the topic exchange, so no agent needs the default exchange, through which
any queue could be written to. With RabbitMQ's management interface each VNF gets a user that may only serve its own
instances; without, all agents share one user, which the operator makes.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

import httpx
from pydantic import SecretStr

from nai.vnfm.sdk import VnfmError

if TYPE_CHECKING:
    from nai.catalogue import VirtualNetworkFunctionRecord
    from nai.vnfm.generic.settings import GenericVnfmSettings

EXCHANGE = "openbaton-exchange"
_TIMEOUT_SECONDS = 10.0


class Accounts(Protocol):
    """Where agents get their broker users from."""

    async def of(self, vnfr: VirtualNetworkFunctionRecord) -> tuple[str, SecretStr]:
        """Returns user and password of a VNF's agents; the same whenever it is asked."""

    async def remove(self, vnfr: VirtualNetworkFunctionRecord) -> None:
        """Removes what was made for a VNF."""


class SharedAccount:
    """One user for all agents."""

    def __init__(self, username: str, password: SecretStr) -> None:
        """Takes the user."""
        self._account = username, password

    async def of(self, vnfr: VirtualNetworkFunctionRecord) -> tuple[str, SecretStr]:
        """Returns the user."""
        return self._account

    async def remove(self, vnfr: VirtualNetworkFunctionRecord) -> None:
        """Keeps the user."""


class AccountPerVnf:
    """A user per VNF, made through RabbitMQ's management interface."""

    def __init__(self, client: httpx.AsyncClient, *, virtual_host: str, secret: SecretStr) -> None:
        """Prepares the accounts.

        Args:
            client: For the management interface: its address and an administrator.
            virtual_host: Of the platform.
            secret: Passwords are derived from it, so that they are the same after a crash and stored nowhere.
        """
        self._client = client
        self._virtual_host = virtual_host
        self._secret = secret

    async def of(self, vnfr: VirtualNetworkFunctionRecord) -> tuple[str, SecretStr]:
        """Makes the user, or sets it right, and returns it.

        Raises:
            VnfmError: The management interface does not do it.
        """
        name, password = _username(vnfr), self._password(vnfr)
        host = quote(self._virtual_host, safe="")
        await self._put(f"/api/users/{name}", {"password": password.get_secret_value(), "tags": ""})
        await self._put(f"/api/permissions/{host}/{name}", permissions(vnfr.name or ""))
        await self._put(f"/api/topic-permissions/{host}/{name}", topic_permissions(vnfr.name or ""))
        return name, password

    async def remove(self, vnfr: VirtualNetworkFunctionRecord) -> None:
        """Removes the user, and with it its connections."""
        await self._ask("DELETE", f"/api/users/{_username(vnfr)}", None)

    def _password(self, vnfr: VirtualNetworkFunctionRecord) -> SecretStr:
        key = self._secret.get_secret_value().encode()
        return SecretStr(hmac.new(key, _username(vnfr).encode(), hashlib.sha256).hexdigest())

    async def _put(self, path: str, body: dict[str, Any]) -> None:
        await self._ask("PUT", path, body)

    async def _ask(self, method: str, path: str, body: dict[str, Any] | None) -> None:
        try:
            answer = await self._client.request(method, path, json=body, timeout=_TIMEOUT_SECONDS)
        except httpx.HTTPError as error:
            raise VnfmError(f"RabbitMQ's management interface cannot be asked: {error}") from error
        if answer.is_error and not (method == "DELETE" and answer.status_code == httpx.codes.NOT_FOUND):
            raise VnfmError(f"RabbitMQ's management interface refused {method} {path}: {answer.status_code}")


def permissions(vnf_name: str) -> dict[str, str]:
    """Returns what the agents of a VNF may configure, write and read."""
    queue = f"{_queues(vnf_name)}"
    reach = f"^({queue}|{re.escape(EXCHANGE)})$"
    return {"configure": f"^{queue}$", "write": reach, "read": reach}


def topic_permissions(vnf_name: str) -> dict[str, str]:
    """Returns the routing keys that the agents of a VNF may send to and listen to."""
    return {"exchange": EXCHANGE, "write": r"^ems\.", "read": f"^{_queues(vnf_name)}$"}


def accounts_of(settings: GenericVnfmSettings, client: httpx.AsyncClient | None) -> Accounts:
    """Returns the accounts that the settings ask for."""
    if client is None:
        return SharedAccount(settings.ems_username, settings.ems_password)
    return AccountPerVnf(client, virtual_host=settings.ems_virtual_host, secret=settings.ems_password)


def _queues(vnf_name: str) -> str:
    # Instances are named after their VNF: "<name>-<number>".
    name = re.sub(r"[^a-z0-9-]", r"\\\g<0>", vnf_name.lower())
    return rf"vnfm\.{name}-[0-9a-z-]+\.actions"


def _username(vnfr: VirtualNetworkFunctionRecord) -> str:
    return f"ems-{re.sub(r'[^A-Za-z0-9-]', '-', vnfr.id or vnfr.name or '')}"
