"""What the engine's things are called, and what they are labelled with. Pure."""

from __future__ import annotations

import re
import secrets

from nai.paas.engines.errors import EngineRefusedError

OWNER = "nai.paas"
NAME = "nai.paas.name"
APPLICATION = "nai.paas.application"
BUILD = "nai.paas.build"
REVISION = "nai.paas.revision"
"""Of the record that a container was made from: another one's containers are replaced."""
HOST = "nai.paas.host"
PORT = "nai.paas.port"
"""Host name under which a container is published, and the port that it listens on."""
RECORD = "nai.paas.record"
"""The whole record, so that it can be made from its containers."""

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_SECRET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_LETTERS = "bcdfghjklmnpqrstvwxz2456789"


def checked_name(name: str) -> str:
    """A name that may be part of a path and of a DNS name.

    Raises:
        EngineRefusedError: It may not.
    """
    if _NAME.fullmatch(name) is None:
        raise EngineRefusedError(f"{name!r} is no name: small letters, digits and hyphens, at most 63")
    return name


def checked_secret_name(name: str) -> str:
    """The name of a key, which is that of a file.

    Raises:
        EngineRefusedError: It is none.
    """
    if _SECRET.fullmatch(name) is None:
        raise EngineRefusedError(f"{name!r} is no name of a secret: letters, digits, dots and hyphens, at most 128")
    return name


def checked_host(host: str) -> str:
    """A host name.

    Raises:
        EngineRefusedError: It is none.
    """
    if len(host) > 253 or _HOST.fullmatch(host) is None:
        raise EngineRefusedError(f"{host!r} is no host name")
    return host


def new_container_name(name: str) -> str:
    """A name for one more container of a deployment."""
    return f"{name}-{''.join(secrets.choice(_LETTERS) for _ in range(5))}"


def service_host(name: str) -> str:
    """What the containers of an application call those of a deployment."""
    return f"{name}-svc"


def network_name(owner: str, application: str) -> str:
    """The network that an application and its services have for themselves."""
    return f"{owner}-{application}"


def image_repository(owner: str, registry: str | None, name: str) -> str:
    """The repository of the images built under a name."""
    local = f"{owner}/{name}"
    return f"{registry}/{local}" if registry else local
