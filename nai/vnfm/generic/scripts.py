"""The scripts of a VNF: from its package, or from a Git repository."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from nai.vnfm.sdk import VnfmError

if TYPE_CHECKING:
    from nai.catalogue import Script, VNFPackage

SCRIPTS_PATH = "/opt/openbaton/scripts"

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+-]{0,127}")
_GIT_SCHEMES = frozenset({"https", "ssh", "git"})


class PackageError(VnfmError):
    """A package cannot be used; the text says what is wrong with it."""


def delivery_requests(package: VNFPackage | None, location: str | None) -> list[Mapping[str, str]]:
    """Returns what the agent is asked for, so that it has the scripts.

    Args:
        package: The package that came with the message.
        location: The VNFD's `vnfPackageLocation`: a Git address takes the place of a package.

    Raises:
        PackageError: A script's name or content, or a Git address, is not acceptable.
    """
    if package is not None and package.scripts:
        return [save_request(script) for script in package.scripts]
    link = (package.scripts_link if package else None) or (location if location and "://" in location else None)
    if not link:
        return []
    return [{"action": "CLONE_SCRIPTS", "payload": git_address(link), "script-path": SCRIPTS_PATH}]


def save_request(script: Script, action: str = "SAVE_SCRIPTS") -> Mapping[str, str]:
    """Returns the request that brings one script to the agent."""
    return {
        "action": action,
        "payload": base64.b64encode(_content(script)).decode(),
        "name": script_name(script.name or ""),
        "script-path": SCRIPTS_PATH,
    }


def script_name(name: str) -> str:
    """Returns the name of a script, with a repository's directories in front where there are any.

    Raises:
        PackageError: It is none.
    """
    if not all(_NAME.fullmatch(part) for part in name.split("/")):
        raise PackageError(f"{name[:80]!r} is no name of a script: letters, digits and ._+- only")
    return name


def git_address(address: str) -> str:
    """Returns the address of a Git repository.

    Raises:
        PackageError: It is none the agents clone: https, ssh and git only, and no password in it.
    """
    try:
        parts = urlsplit(address)
        sound = parts.scheme in _GIT_SCHEMES and parts.hostname is not None and parts.password is None
    except ValueError:
        sound = False
    if not sound or re.search(r"[\s\x00-\x1f]", address):
        raise PackageError(
            f"scripts are cloned from https, ssh and git addresses without a password, not from {_shown(address)!r}"
        )
    return address


def _shown(address: str) -> str:
    return re.sub(r"//[^/@]*@", "//", address)[:120]


def _content(script: Script) -> bytes:
    payload = script.payload
    if payload is None:
        raise PackageError(f"the script {script.name} came without content")
    if isinstance(payload, list):
        # Gson writes a byte[] as an array of signed numbers.
        return bytes(each % 256 for each in payload)
    try:
        return base64.b64decode(payload, validate=True)
    except binascii.Error as error:
        raise PackageError(f"the content of the script {script.name} is not base64") from error
