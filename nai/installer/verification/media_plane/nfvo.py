"""The orchestrator, as its users know it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nai.installer.verification.errors import CheckFailedError
from nai.installer.verification.media_plane.http import Service

OAUTH_CLIENT = ("openbatonOSClient", "secret")
"""Built into every client of this interface: it names the kind of client and protects nothing."""

PROJECT = "default"


class Nfvo:
    """The orchestrator's administrator, in the project `default`."""

    def __init__(self, url: str, password: str) -> None:
        """Contacts nothing.

        Args:
            url: Up to and with `/api/v1`.
            password: Of the user `admin`.
        """
        self._root = Service("the NFVO", url.removesuffix("/api/v1"))
        self._api = Service("the NFVO", url)
        self._password = password

    def log_in(self) -> None:
        """Gets a token and finds the project.

        Raises:
            CheckFailedError: The NFVO does not give one, or has no such project.
        """
        form = {"grant_type": "password", "username": "admin", "password": self._password}
        answer = self._root.ask("POST", "/oauth/token", data=form, auth=OAUTH_CLIENT)
        self._api.session.headers["Authorization"] = f"Bearer {answer.json()['value']}"
        projects: dict[str, str] = {each["name"]: each["id"] for each in self._api.ask("GET", "/projects").json()}
        if PROJECT not in projects:
            raise CheckFailedError(f"a project {PROJECT} of the NFVO", ", ".join(projects) or "none")
        self._api.session.headers["project-id"] = projects[PROJECT]

    def points_of_presence(self) -> list[str]:
        """Names of the infrastructures it knows."""
        return [str(each["name"]) for each in self._api.ask("GET", "/datacenters").json()]

    def managers(self) -> dict[str, bool]:
        """Types of the VNFMs that registered, and whether each is active."""
        found = self._api.ask("GET", "/vnfmanagers").json()
        return {str(each["type"]): bool(each.get("active", True)) for each in found}

    def onboard(self, descriptor: Mapping[str, Any]) -> str:
        """Stores a network service descriptor; returns its id."""
        return str(self._api.ask("POST", "/ns-descriptors", (201,), json=descriptor).json()["id"])

    def instantiate(self, descriptor_id: str) -> str:
        """Starts a network service; returns the id of its record."""
        return str(self._api.ask("POST", f"/ns-records/{descriptor_id}", (201,), json={}).json()["id"])

    def record(self, record_id: str) -> dict[str, Any] | None:
        """Reads the record of a network service; None when there is none."""
        answer = self._api.ask("GET", f"/ns-records/{record_id}", (200, 404))
        found: dict[str, Any] = answer.json()
        return found if answer.ok else None

    def terminate(self, record_id: str) -> None:
        """Ends a network service; one that is gone is no error."""
        self._api.ask("DELETE", f"/ns-records/{record_id}", (200, 204, 404))

    def forget(self, descriptor_id: str) -> None:
        """Removes a descriptor; one that is gone is no error."""
        self._api.ask("DELETE", f"/ns-descriptors/{descriptor_id}", (200, 204, 404))

    def records_named(self, prefix: str) -> list[str]:
        """Ids of the network services whose name starts so."""
        return _named(self._api.ask("GET", "/ns-records").json(), prefix)

    def descriptors_named(self, prefix: str) -> list[str]:
        """Ids of the descriptors whose name starts so."""
        return _named(self._api.ask("GET", "/ns-descriptors").json(), prefix)


def _named(items: list[dict[str, Any]], prefix: str) -> list[str]:
    return [str(item["id"]) for item in items if str(item.get("name", "")).startswith(prefix)]
