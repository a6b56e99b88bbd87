# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""The Identity API v3, as far as public endpoints go, with the standard library alone."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

_HOST = re.compile(r"^(\w+://)(\[[^\]]*\]|[^/:]+)")


class IdentityError(Exception):
    """Keystone refused or does not answer; the message says what and what to do.

    Attributes:
        is_silence: nothing answers there.
    """

    def __init__(self, message: str, *, is_silence: bool = False) -> None:
        """Keeps whether it is silence."""
        super().__init__(message)
        self.is_silence = is_silence


@dataclass(frozen=True)
class Endpoint:
    """A public endpoint.

    Attributes:
        id: Keystone's id of it.
        url: its URL, perhaps with `%(tenant_id)s` in it.
    """

    id: str
    url: str

    def at(self, address: str) -> str:
        """Returns the URL with another address."""
        return _HOST.sub(lambda match: f"{match[1]}{address}", self.url)


class Identity:
    """A session with Keystone.

    Args:
        url: its URL with `/v3`.
        timeout_seconds: how long an answer may take.
    """

    def __init__(self, url: str, timeout_seconds: int) -> None:
        """Asks nothing yet."""
        self._url = url.rstrip("/")
        self._timeout_seconds = timeout_seconds
        self._token = ""
        # An address in a management network is never behind a proxy.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def authenticate(self, username: str, password: str, project: str) -> None:
        """Gets a token; names are those of domain Default.

        Raises:
            IdentityError: Keystone refuses or does not answer.
        """
        domain = {"id": "default"}
        body = {
            "auth": {
                "identity": {
                    "methods": ["password"],
                    "password": {"user": {"name": username, "domain": domain, "password": password}},
                },
                "scope": {"project": {"name": project, "domain": domain}},
            }
        }
        headers, _answer = self._ask("POST", "/auth/tokens", body)
        self._token = headers.get("X-Subject-Token", "")

    def public_endpoints(self) -> list[Endpoint]:
        """Returns all public endpoints, by URL.

        Raises:
            IdentityError: Keystone refuses or does not answer.
        """
        _headers, answer = self._ask("GET", "/endpoints?interface=public")
        found = [Endpoint(entry["id"], entry["url"]) for entry in answer["endpoints"] if entry["interface"] == "public"]
        return sorted(found, key=lambda endpoint: endpoint.url)

    def set_url(self, endpoint: Endpoint, url: str) -> None:
        """Changes an endpoint.

        Raises:
            IdentityError: Keystone refuses or does not answer.
        """
        self._ask("PATCH", f"/endpoints/{endpoint.id}", {"endpoint": {"url": url}})

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[Any, Any]:
        request = urllib.request.Request(  # noqa: S310  # the URL is the playbook's
            f"{self._url}{path}",
            data=json.dumps(body).encode() if body is not None else None,
            headers={"Content-Type": "application/json", "Accept": "application/json", "X-Auth-Token": self._token},
            method=method,
        )
        try:
            with self._opener.open(request, timeout=self._timeout_seconds) as answer:
                text = answer.read()
                return answer.headers, json.loads(text) if text else {}
        except urllib.error.HTTPError as error:
            hint = "check the administrator's password" if error.code == 401 else "see Keystone's log on the controller"
            raise IdentityError(f"{method} {self._url}{path}: HTTP status {error.code}; {hint}") from error
        except (OSError, ValueError) as error:
            reason = getattr(error, "reason", None) or error
            raise IdentityError(
                f"{self._url}: Keystone does not answer ({reason}); start it before this task", is_silence=True
            ) from error
