"""Names that an application gets: short, made of letters and digits, unique.

A name that a developer chooses may be in use elsewhere and hold anything that its project allows; what the engine and
the orchestrator see is therefore this one (wire contracts 1.4).
"""

from __future__ import annotations

import secrets
import string

SUFFIX_DIGITS = 8


def new_os_name() -> str:
    """A name for an application's objects: a letter and eight hexadecimal digits, fit for DNS labels."""
    return secrets.choice(string.ascii_lowercase) + secrets.token_hex(SUFFIX_DIGITS // 2)


def service_os_name(application: str) -> str:
    """A name for the objects of an application's supporting service."""
    return f"{new_os_name()}-{application}"


def host_name(os_name: str, domain: str) -> str:
    """The host name of an application's route."""
    return f"{os_name}.{domain}"


def descriptor_name(name: str, os_name: str) -> str:
    """The name of the network service that an application's media servers are in."""
    return f"{name}-{os_name}"
