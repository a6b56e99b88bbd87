# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""The options with which one service authenticates against Keystone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def keystone_credentials(user: str, password: str, auth_url: str, region: str) -> dict[str, str]:
    """Options of keystoneauth's plugin `password` for a service user.

    Args:
        user: Name of the user in domain Default, project `service`.
        password: His password.
        auth_url: Keystone's URL with version.
        region: Region of the endpoints that are used.

    Returns:
        Option to value, for a section of an ini file.
    """
    return {
        "auth_type": "password",
        "auth_url": auth_url,
        "username": user,
        "password": password,
        "user_domain_name": "Default",
        "project_name": "service",
        "project_domain_name": "Default",
        "region_name": region,
    }


def keystone_authtoken(user: str, password: str, auth_url: str, region: str, memcached: str) -> dict[str, Any]:
    """Section `keystone_authtoken` of a service: how it checks the tokens of its callers.

    Args:
        user: As for `keystone_credentials`.
        password: As for `keystone_credentials`.
        auth_url: As for `keystone_credentials`.
        region: As for `keystone_credentials`.
        memcached: Address and port of the token cache.
    """
    return {
        **keystone_credentials(user, password, auth_url, region),
        "www_authenticate_uri": auth_url,
        "memcached_servers": memcached,
        "service_token_roles": "service",
        "service_token_roles_required": True,
    }


class FilterModule:
    """Filters of this file, for Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Names and functions."""
        return {"keystone_credentials": keystone_credentials, "keystone_authtoken": keystone_authtoken}
