# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""The platform's REST APIs for modules: standard library only, errors in words, one way to run in check mode."""

from __future__ import annotations

import base64
import json
import ssl
import time
from collections.abc import Callable
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

REST_ARGUMENTS: dict[str, dict[str, Any]] = {
    "url": {"type": "str", "required": True},
    "username": {"type": "str", "default": "admin"},
    "password": {"type": "str", "required": True, "no_log": True},
    "ca_file": {"type": "path"},
    "request_timeout_seconds": {"type": "int", "default": 60},
}

# Every client of the API has it built in: it names the kind of client, and protects nothing.
OAUTH_CLIENT = b"openbatonOSClient:secret"

NOT_READY = (502, 503, 504)
LONGEST_PAUSE_SECONDS = 3.0


class RestError(Exception):
    """The service answered, and the request cannot be carried out.

    Attributes:
        status: HTTP status of the answer, 0 where there was none.
    """

    def __init__(self, message: str, status: int = 0) -> None:
        """Keeps message and status."""
        super().__init__(message)
        self.status = status


class NotReadyError(RestError):
    """The service does not answer (yet). No failure in check mode."""


class RestClient:
    """A user of a service, perhaps in one project. Logs in when it is first asked, and again when its token expires."""

    SERVICE = "service"
    BASE = "/api/v1/"

    def __init__(self, params: dict[str, Any]) -> None:
        """Contacts nothing.

        Args:
            params: A module's parameters, among them `REST_ARGUMENTS`; `project` is the name or id of a project.
        """
        self._url = params["url"].rstrip("/")
        self._credentials = {"username": params["username"], "password": params["password"]}
        self._project = params.get("project") or ""
        self._timeout = params["request_timeout_seconds"]
        self._tls = ssl.create_default_context(cafile=params["ca_file"]) if self._url.startswith("https:") else None
        self._token = ""
        self._project_id = ""

    def get(self, *path: str) -> Any:
        """Reads a resource; the parts of its path below `BASE` are quoted."""
        return self.request("GET", path)

    def post(self, *path: str, body: Any = None) -> Any:
        """Makes a resource or starts an action."""
        return self.request("POST", path, body)

    def put(self, *path: str, body: Any) -> Any:
        """Changes a resource."""
        return self.request("PUT", path, body)

    def delete(self, *path: str) -> None:
        """Removes a resource; one that is not there is no error."""
        try:
            self.request("DELETE", path)
        except RestError as error:
            if error.status != 404:
                raise

    def log_in(self) -> str:
        """Logs in and returns the token.

        Raises:
            RestError: The user or the password is wrong.
        """
        self._login()
        return self._token

    def request(self, method: str, path: tuple[str, ...], body: Any = None, kind: str = "application/json") -> Any:
        """One request in the project.

        Args:
            method: HTTP method.
            path: Parts of the path below `BASE`.
            body: JSON value, or bytes of the content type `kind`.
            kind: Content type.

        Returns:
            The JSON of the answer, or its text where it is none; None without a content.

        Raises:
            RestError: The service refused.
            NotReadyError: It does not answer.
        """
        content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        where = self.BASE + "/".join(quote(part, safe="") for part in path)
        for attempt in (1, 2):
            headers = {**self._identification(), "Content-Type": kind, "Accept": "*/*"}
            try:
                return self._send(method, where, content, headers)
            except RestError as error:
                # An expired token is 401; anything else, and a second one, is the caller's matter.
                if error.status != 401 or attempt == 2:
                    raise
                self._token = ""
        raise AssertionError  # the second attempt returns or raises

    def _identification(self) -> dict[str, str]:
        """Returns the headers that say who asks, and in which project."""
        if not self._token:
            self._login()
        headers = {"Authorization": f"Bearer {self._token}"}
        if self._project_id:
            headers["project-id"] = self._project_id
        return headers

    def _login(self) -> None:
        basic = base64.b64encode(OAUTH_CLIENT).decode()
        headers = {"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded"}
        form = urlencode({**self._credentials, "grant_type": "password"}).encode()
        try:
            answer = self._send("POST", "/oauth/token", form, headers)
        except RestError as error:
            if error.status in (400, 401, 403):
                user = self._credentials["username"]
                raise RestError(f"{self._url} refuses user {user} or the password: {error}", error.status) from None
            raise
        # `value` is what this API's servers say; `access_token` is RFC 6749.
        self._token = answer.get("value") or answer.get("access_token") or ""
        if not self._token:
            raise RestError(f"{self._url} gave no token; is it the {self.SERVICE}?")
        if self._project and not self._project_id:
            self._project_id = self._find_project()

    def _find_project(self) -> str:
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
        projects = self._send("GET", "/api/v1/projects", None, headers) or []
        for project in projects:
            if self._project in (project.get("name"), project.get("id")):
                return str(project["id"])
        known = ", ".join(sorted(project.get("name") or "" for project in projects)) or "none"
        self._token = ""
        raise RestError(f"{self._url} has no project {self._project} for this user; there are {known}")

    def _send(self, method: str, path: str, content: bytes | None, headers: dict[str, str]) -> Any:
        what = f"{method} {self._url}{path}"
        # The URL is an administrator's parameter; the scheme is checked so that file: reads nothing.
        if not self._url.startswith(("http://", "https://")):
            raise RestError(f"url {self._url} is neither http:// nor https://")
        request = Request(self._url + path, data=content, headers=headers, method=method)  # noqa: S310  # see above
        try:
            with urlopen(request, timeout=self._timeout, context=self._tls) as answer:  # noqa: S310  # see above
                return _decoded(answer.read())
        except HTTPError as error:
            text = _said(error.read())
            kind = NotReadyError if error.code in NOT_READY else RestError
            raise kind(f"{what}: HTTP {error.code}: {text}", error.code) from None
        except (URLError, OSError) as error:
            reason = getattr(error, "reason", error)
            raise NotReadyError(f"{what}: no answer: {reason}; is the {self.SERVICE} running?") from error


def run(module: Any, kind: type[Any], body: Callable[[Any], dict[str, Any]]) -> None:
    """Runs the module's body, and ends the module.

    Args:
        module: the AnsibleModule; its parameters include `REST_ARGUMENTS`.
        kind: the class of the client.
        body: takes the client, returns what `exit_json` gets.
    """
    try:
        result = body(kind(module.params))
    except NotReadyError as error:
        if module.check_mode:
            module.exit_json(changed=True, msg=f"would be made; the {kind.SERVICE} cannot be asked yet: {error}")
        module.fail_json(msg=str(error))
    except (RestError, OSError) as error:
        module.fail_json(msg=str(error))
    else:
        module.exit_json(**result)


def wait(what: str, seconds: float, holds: Callable[[], bool], state: Callable[[], str]) -> None:
    """Asks until something holds; a moment without the service is waited through.

    Args:
        what: What is waited for, in words.
        seconds: Longest wait.
        holds: Whether it has come; raises RestError where it never will.
        state: What there is instead, in words.

    Raises:
        RestError: It does not hold in time.
    """
    deadline = time.monotonic() + seconds
    pause = 0.1
    while True:
        try:
            if holds():
                return
        except NotReadyError:
            if time.monotonic() >= deadline:
                raise
        if time.monotonic() >= deadline:
            raise RestError(f"not within {seconds:g} s: {what}; {state()}")
        time.sleep(pause)
        pause = min(pause * 1.5, LONGEST_PAUSE_SECONDS)


def covers(have: Any, wanted: Any) -> bool:
    """Whether a document of a service says everything that is wanted of it.

    Services add ids, versions and defaults, and their lists are sets: their order means nothing.

    Args:
        have: What it has.
        wanted: What it should have; a key that is not named does not matter, a list is wanted whole.
    """
    if isinstance(wanted, dict):
        if not isinstance(have, dict):
            return not wanted and have is None
        return all(covers(have.get(key), value) for key, value in wanted.items())
    if isinstance(wanted, (list, tuple)):
        return _covers_list(list(have or []), list(wanted)) if isinstance(have, (list, type(None))) else False
    # Not written on the wire is the same as empty, and a number may come as text.
    return have == wanted or (have is None and wanted in (None, "", False, 0)) or str(have) == str(wanted)


def _covers_list(have: list[Any], wanted: list[Any]) -> bool:
    """Whether each wanted element has an element of its own, and none is left over (Kuhn's matching)."""
    if len(have) != len(wanted):
        return False
    owner: dict[int, int] = {}

    def place(index: int, seen: set[int]) -> bool:
        for position, item in enumerate(have):
            if position not in seen and covers(item, wanted[index]):
                seen.add(position)
                if position not in owner or place(owner[position], seen):
                    owner[position] = index
                    return True
        return False

    return all(place(index, set()) for index in range(len(wanted)))


def _decoded(content: bytes) -> Any:
    if not content:
        return None
    try:
        return json.loads(content)
    except ValueError:
        return content.decode(errors="replace")


def _said(content: bytes) -> str:
    """The reason in an answer that is an error, whichever of the API's forms it has."""
    body = _decoded(content)
    if isinstance(body, dict):
        for key in ("message", "error_description", "detailMessage", "detail", "error"):
            if body.get(key):
                return str(body[key])
    return str(body)[:500]
