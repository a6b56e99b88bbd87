# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""The PaaS manager's and the marketplace's REST APIs for modules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from ansible_collections.nubomedia.nai.plugins.module_utils import rest
from ansible_collections.nubomedia.nai.plugins.module_utils.rest import REST_ARGUMENTS, RestClient, RestError

PAAS_ARGUMENTS: dict[str, dict[str, Any]] = dict(REST_ARGUMENTS)

MARKETPLACE_ARGUMENTS: dict[str, dict[str, Any]] = {
    **REST_ARGUMENTS,
    "paas_url": {"type": "str", "default": ""},
    "password": {"type": "str", "default": "", "no_log": True},
}


class Paas(RestClient):  # type: ignore[misc]  # Ansible finds it, mypy does not
    """A user of the PaaS manager."""

    SERVICE = "PaaS manager"

    def knows_password(self, username: str, password: str) -> bool:
        """Whether a user can log in with a password.

        Args:
            username: Of an enabled user.
            password: To be tried; the same wrong one again does not count as a guess there.
        """
        other = Paas(
            {
                "url": self._url,
                "username": username,
                "password": password,
                "ca_file": None,
                "request_timeout_seconds": self._timeout,
            }
        )
        other._tls = self._tls
        try:
            other.log_in()
        except RestError as error:
            if error.status == 401:
                return False
            raise
        return True


class Applications(Paas):
    """The same in a project: paths are below those of applications."""

    BASE = "/api/v2/nubomedia/paas/"


class Marketplace(RestClient):  # type: ignore[misc]  # Ansible finds it, mypy does not
    """The marketplace, as a user of the PaaS manager, or as nobody where no PaaS manager is named."""

    SERVICE = "marketplace"
    _token: str

    def __init__(self, params: dict[str, Any]) -> None:
        """Contacts nothing.

        Args:
            params: A module's parameters, among them `MARKETPLACE_ARGUMENTS`.
        """
        super().__init__(params)
        self._paas = Paas({**params, "url": params["paas_url"]}) if params["paas_url"] else None

    def _identification(self) -> dict[str, str]:
        if self._paas is None:
            return {}
        if not self._token:
            self._token = self._paas.log_in()
        return {"Authorization": f"Bearer {self._token}"}


def run(module: Any, body: Callable[[Paas], dict[str, Any]]) -> None:
    """Runs the body of a module about users and projects, and ends the module."""
    rest.run(module, Paas, body)


def run_in_project(module: Any, body: Callable[[Applications], dict[str, Any]]) -> None:
    """Runs the body of a module about applications, and ends the module."""
    rest.run(module, Applications, body)


def run_at_marketplace(module: Any, body: Callable[[Marketplace], dict[str, Any]]) -> None:
    """Runs the body of a module about shared applications, and ends the module."""
    rest.run(module, Marketplace, body)


def set_fields(have: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """What of a document is not as it is wanted: the wanted values by field."""
    return {field: value for field, value in wanted.items() if not rest.covers(have.get(field), value)}


def ports(listed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Ports as on the wire, all of them with what is taken where nothing is said."""
    return [
        {
            "port": each["port"],
            "targetPort": each.get("target_port") or each.get("targetPort") or each["port"],
            "protocol": (each.get("protocol") or "TCP").upper(),
        }
        for each in listed
    ]


def variables(values: Any) -> list[dict[str, str]]:
    """Environment variables as on the wire, from a mapping or from what is on the wire already."""
    pairs = values.items() if isinstance(values, dict) else [(each["name"], each.get("value")) for each in values]
    return [{"name": name, "value": "" if value is None else str(value)} for name, value in pairs]


def application(definition: dict[str, Any], params: dict[str, Any]) -> dict[str, Any]:
    """An application's document as on the wire.

    Args:
        definition: What an `app.json` says.
        params: Options of the module, by their names; None where nothing was given. They win.

    Returns:
        The document; fields that neither says are not in it.
    """
    document = {name: value for name, value in definition.items() if value is not None}
    for option, field in FIELDS.items():
        if params.get(option) is not None:
            document[field] = params[option]
    for field, form in (("ports", ports), ("envVars", variables), ("services", _services)):
        if field in document:
            document[field] = form(document[field])
    return document


FIELDS = {
    "name": "name",
    "git_url": "gitURL",
    "ports": "ports",
    "flavor": "flavor",
    "replicas": "replicasNumber",
    "secret_name": "secretName",
    "quality_of_service": "qualityOfService",
    "cloud_repository": "cloudRepository",
    "cdn_connector": "cdnConnector",
    "turn_server_activate": "turnServerActivate",
    "turn_server_url": "turnServerUrl",
    "turn_server_username": "turnServerUsername",
    "turn_server_password": "turnServerPassword",
    "stun_server_activate": "stunServerActivate",
    "stun_server_ip": "stunServerIp",
    "stun_server_port": "stunServerPort",
    "number_of_instances": "numberOfInstances",
    "scale_out_limit": "scaleOutLimit",
    "scale_out_threshold": "scaleOutThreshold",
    "services": "services",
    "env_vars": "envVars",
}
"""Options that are the same for paas_app and marketplace_app, and their names on the wire."""

PORT_OPTIONS: dict[str, Any] = {
    "port": {"type": "int", "required": True},
    "target_port": {"type": "int"},
    "protocol": {"type": "str", "choices": ["TCP", "UDP"], "default": "TCP"},
}
SERVICE_OPTIONS: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "docker_url": {"type": "str", "required": True},
    "replicas": {"type": "int", "default": 1},
    "ports": {"type": "list", "elements": "dict", "options": PORT_OPTIONS, "default": []},
    "env_vars": {"type": "dict", "default": {}},
}
APPLICATION_OPTIONS: dict[str, Any] = {
    "definition": {"type": "dict", "default": {}},
    "name": {"type": "str"},
    "git_url": {"type": "str"},
    "ports": {"type": "list", "elements": "dict", "options": PORT_OPTIONS},
    "flavor": {"type": "str", "choices": ["SMALL", "MEDIUM", "LARGE"]},
    "replicas": {"type": "int"},
    # The name of a key at the PaaS manager, no key.
    "secret_name": {"type": "str", "no_log": False},
    "quality_of_service": {"type": "str", "choices": ["BRONZE", "SILVER", "GOLD"]},
    "cloud_repository": {"type": "bool"},
    "cdn_connector": {"type": "bool"},
    "turn_server_activate": {"type": "bool"},
    "turn_server_url": {"type": "str"},
    "turn_server_username": {"type": "str"},
    "turn_server_password": {"type": "str", "no_log": True},
    "stun_server_activate": {"type": "bool"},
    "stun_server_ip": {"type": "str"},
    "stun_server_port": {"type": "str"},
    "number_of_instances": {"type": "int"},
    "scale_out_limit": {"type": "int"},
    "scale_out_threshold": {"type": "float"},
    "services": {"type": "list", "elements": "dict", "options": SERVICE_OPTIONS},
    "env_vars": {"type": "dict"},
}


def shown(document: dict[str, Any]) -> dict[str, Any]:
    """A document as people may see it: of variables their names only, no password."""
    safe = {field: value for field, value in document.items() if field != "turnServerPassword"}
    if "envVars" in safe:
        safe["envVars"] = [each["name"] for each in safe["envVars"] or []]
    if "services" in safe:
        safe["services"] = [
            {**each, "envVars": [variable["name"] for variable in each.get("envVars") or []]}
            for each in safe["services"] or []
        ]
    return safe


def _services(listed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "name": each["name"],
            "dockerURL": each.get("docker_url") or each.get("dockerURL"),
            "replicasNumber": each.get("replicas") or each.get("replicasNumber") or 1,
            "ports": ports(each.get("ports") or []),
            "envVars": variables(each.get("env_vars") or each.get("envVars") or {}),
        }
        for each in listed
    ]


def link(route: str) -> str:
    """The address of an application by its route; empty without one."""
    return f"https://{quote(route)}" if route else ""
