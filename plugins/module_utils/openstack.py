# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""What the OpenStack modules share: the connection, its errors in words, and one way to run in check mode."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

try:
    from keystoneauth1 import exceptions as auth_errors
    from openstack import exceptions as sdk_errors
    from openstack.config import OpenStackConfig
    from openstack.connection import Connection
except ImportError as error:  # a host before role openstack_client ran
    SDK_PROBLEM: str | None = str(error)
else:
    SDK_PROBLEM = None

CLOUD_ARGUMENTS: dict[str, dict[str, Any]] = {
    "cloud": {"type": "str", "default": "nai"},
    "clouds_file": {"type": "path", "default": "/etc/openstack/clouds.yaml"},
}

READ_RETRIES = 2


class CloudError(Exception):
    """The cloud answered, and the request cannot be carried out: a person has to do something."""


class CloudNotReadyError(CloudError):
    """The cloud cannot be asked yet: SDK, credentials or the API are not there. No failure in check mode."""


def connect(cloud: str, clouds_file: str, api_timeout_seconds: int = 60) -> Any:
    """Opens a connection that takes its settings from one file only.

    Environment variables (`OS_*`) and other clouds.yaml files are left out, so that a run does not depend on
    the shell it was started from.

    Args:
        cloud: name of the cloud in the file.
        clouds_file: path of clouds.yaml.
        api_timeout_seconds: longest wait for one answer.

    Returns:
        An `openstack.connection.Connection`; nothing was requested yet.

    Raises:
        CloudNotReadyError: the SDK, the file or the cloud's entry is missing.
    """
    if SDK_PROBLEM:
        raise CloudNotReadyError(
            f"the OpenStack SDK is not installed here ({SDK_PROBLEM}); role openstack_client installs it "
            "(package python3-openstacksdk)"
        )
    if not os.path.exists(clouds_file):  # noqa: PTH110  # one look, no need of pathlib on the host
        raise CloudNotReadyError(f"{clouds_file} is not there; role openstack_client writes it")
    try:
        settings = OpenStackConfig(
            config_files=[clouds_file], secure_files=[], vendor_files=[], load_envvars=False
        ).get_one(cloud=cloud, api_timeout=api_timeout_seconds)
    except sdk_errors.ConfigException as error:
        raise CloudNotReadyError(f"cloud {cloud!r} of {clouds_file} cannot be used: {error}") from error
    return Connection(config=settings)


def translate(error: Exception) -> CloudError:
    """Turns an error of the SDK into one line that says what was asked, what came back and what to do.

    Args:
        error: what keystoneauth or openstacksdk raised.

    Returns:
        The error to raise instead; a `CloudNotReadyError` when a service does not answer (yet).
    """
    if isinstance(error, CloudError):
        return error
    if isinstance(error, (auth_errors.EndpointNotFound, auth_errors.CatalogException, sdk_errors.EndpointNotFound)):
        return CloudNotReadyError(f"the service has no endpoint in Keystone's catalogue yet: {error}")
    if isinstance(error, (auth_errors.ConnectFailure, auth_errors.DiscoveryFailure)):
        return CloudNotReadyError(f"no answer: {error}; is the service running and its port reachable?")
    if isinstance(error, auth_errors.Unauthorized):
        return CloudError(f"Keystone refuses the credentials of clouds.yaml: {error}; do they belong to this cloud?")
    status = getattr(error, "status_code", None) or getattr(error, "http_status", None)
    if status in (502, 503, 504):
        return CloudNotReadyError(f"the service is not ready (HTTP {status}): {_details(error)}")
    if status:
        return CloudError(f"HTTP {status} from {getattr(error, 'url', '') or 'the API'}: {_details(error)}")
    return CloudError(f"{type(error).__name__}: {error}")


def _details(error: Exception) -> str:
    return str(getattr(error, "details", None) or getattr(error, "message", None) or error)


def api_errors() -> tuple[type[Exception], ...]:
    """The exception classes that `translate` understands."""
    return (auth_errors.ClientException, sdk_errors.SDKException, CloudError)


def run(module: Any, body: Callable[[Any], dict[str, Any]]) -> None:
    """Connects, runs the module's body, and ends the module.

    In check mode a cloud that cannot be asked yet is no failure: on a fresh host all is yet to be made.

    Args:
        module: the AnsibleModule; its parameters include `CLOUD_ARGUMENTS`.
        body: takes the connection, returns what `exit_json` gets.
    """
    try:
        connection = connect(module.params["cloud"], module.params["clouds_file"])
        result = _translated(body, connection)
    except CloudNotReadyError as error:
        if module.check_mode:
            module.exit_json(changed=True, msg=f"would be made; the cloud cannot be asked yet: {error}")
        module.fail_json(msg=str(error))
    except CloudError as error:
        module.fail_json(msg=str(error))
    else:
        module.exit_json(**result)


def _translated(body: Callable[[Any], dict[str, Any]], connection: Any) -> dict[str, Any]:
    try:
        return body(connection)
    except api_errors() as error:
        raise translate(error) from error


def pages(client: Any, path: str, key: str, **headers: str) -> list[dict[str, Any]]:
    """Reads a whole collection as the API gives it.

    Args:
        client: a service proxy of the connection, e.g. `connection.identity`.
        path: path below the endpoint, e.g. `/users`.
        key: name of the list in the answer, e.g. `users`.
        **headers: further request headers.

    Returns:
        The elements of all pages.
    """
    found: list[dict[str, Any]] = []
    while path:
        body = call(client, "GET", path, headers=headers)
        found.extend(body.get(key) or [])
        links = body.get(f"{key}_links") or []
        path = next((link["href"] for link in links if link.get("rel") == "next"), "") if links else ""
    return found


def call(
    client: Any,
    method: str,
    path: str,
    body: dict[str, Any] | None = None,
    *,
    microversion: str | None = None,
    headers: dict[str, str] | None = None,
) -> dict[str, Any]:
    """One request to one service.

    Args:
        client: a service proxy of the connection.
        method: HTTP method.
        path: path below the endpoint.
        body: JSON to send.
        microversion: of the compute API, where the answer depends on it.
        headers: further request headers.

    Returns:
        The JSON of the answer, an empty dict when there is none.

    Raises:
        openstack.exceptions.HttpException: the API answered with an error.
    """
    # uWSGI closes a connection after each answer; a request that is sent just then is reset. Only what changes nothing
    # is sent again: after a write nobody knows whether it arrived.
    options: dict[str, Any] = {"headers": headers or {}, "connect_retries": READ_RETRIES if method == "GET" else 0}
    if body is not None:
        options["json"] = body
    if microversion:
        options["microversion"] = microversion
    response = client.request(path, method, **options)
    sdk_errors.raise_from_response(response)
    return dict(response.json()) if response.content else {}
