# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""A password in the form that RabbitMQ keeps."""

from __future__ import annotations

DOCUMENTATION = r"""
name: rabbitmq_password_hash
short_description: Password as RabbitMQ keeps it
description:
  - Makes RabbitMQ's salted SHA-256 (C(rabbit_password_hashing_sha256)) for a definitions file, so that the password
    itself is on no command line.
  - The salt is made of user and password, so that the same password gives the same text and a second run changes
    nothing.
version_added: 0.1.0
author: The NAI authors
positional: _input, user
options:
  _input:
    description: The password.
    type: str
    required: true
  user:
    description: Name of the user.
    type: str
    required: true
"""

EXAMPLES = r"""
password_hash: "{{ rabbitmq_openstack_password | nubomedia.nai.rabbitmq_password_hash('openstack') }}"
"""

RETURN = r"""
_value:
  description: Base64 of salt (4 bytes) and digest (32 bytes).
  type: str
"""

import base64  # noqa: E402
import hashlib  # noqa: E402
from collections.abc import Callable  # noqa: E402
from typing import Any  # noqa: E402


def rabbitmq_password_hash(password: str, user: str) -> str:
    """Returns base64(salt + SHA-256(salt + password)), as RabbitMQ's documentation on password hashing has it.

    Args:
        password: the password.
        user: name of the user; two users with one password get different salts.
    """
    salt = hashlib.sha256(f"{user}\0{password}".encode()).digest()[:4]
    return base64.b64encode(salt + hashlib.sha256(salt + str(password).encode()).digest()).decode()


class FilterModule:
    """Filters of this file, for Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Names and functions."""
        return {"rabbitmq_password_hash": rabbitmq_password_hash}
