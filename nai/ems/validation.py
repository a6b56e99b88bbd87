"""What names, paths, Git addresses and variables may look like.

Nothing of a request ever reaches a shell's command line. These checks keep requests inside the scripts' directory, and
options out of the place where a name is expected.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from .errors import RequestError

WIRE_SCRIPTS_PATH = PurePosixPath("/opt/openbaton/scripts")
"""Where VNFMs say scripts are; the agent's own directory stands for it."""

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+-]{0,127}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]")
_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
_GIT_PATH = re.compile(r"/[A-Za-z0-9._~/+%-]*")
_GIT_SCHEMES = frozenset({"https", "ssh", "git"})

RESERVED_VARIABLES = frozenset(
    {"PATH", "IFS", "ENV", "BASH_ENV", "SHELLOPTS", "BASHOPTS", "PS4", "CDPATH", "PYTHONPATH", "PYTHONHOME"}
)
RESERVED_PREFIXES = ("LD_", "BASH_FUNC_")
"""Variables that change how a shell or Python runs any script, whatever it says: never set from a request."""


def script_name(text: object) -> str:
    """Returns the name of a script, with the directories of a repository in front where there are any.

    Raises:
        RequestError: It leads out of the scripts' directory, or is no name.
    """
    if not isinstance(text, str) or not all(_NAME.fullmatch(part) for part in text.split("/")):
        raise RequestError(f"{str(text)[:80]!r} is no name of a script: letters, digits and ._+- only")
    return text


def script_directory(text: object) -> str:
    """Returns the part of a request's script-path below the scripts' directory; empty for the directory itself.

    Raises:
        RequestError: The path is none below it.
    """
    path = PurePosixPath(str(text or WIRE_SCRIPTS_PATH))
    try:
        below = path.relative_to(WIRE_SCRIPTS_PATH)
    except ValueError:
        raise RequestError(f"scripts go below {WIRE_SCRIPTS_PATH}, not to {str(path)[:120]!r}") from None
    return "/".join(script_name(part) for part in below.parts)


def git_address(text: object) -> str:
    """Returns the address of a Git repository.

    Raises:
        RequestError: It is none that may be cloned: another scheme than https, ssh and git, a password in it, or
            characters that no address needs.
    """
    address = str(text)
    shown = repr(address[:120])
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise RequestError(f"{shown} is no address of a Git repository") from None
    if parts.scheme not in _GIT_SCHEMES:
        raise RequestError(f"{shown} is no https, ssh or git address of a Git repository")
    if parts.password is not None:
        raise RequestError("a Git address with a password in it is not accepted")
    host = parts.netloc.rpartition("@")[2]
    if port is not None:
        host = host.rpartition(":")[0]
    user_is_sound = parts.username is None or (parts.scheme == "ssh" and _USER.fullmatch(parts.username))
    if not (
        _HOST.fullmatch(host)
        and user_is_sound
        and _GIT_PATH.fullmatch(parts.path)
        and not parts.query
        and not parts.fragment
    ):
        raise RequestError(f"{shown} is no address of a Git repository")
    return address


def environment(values: object) -> dict[str, str]:
    """Returns the variables a script is given; reserved ones are left out.

    Raises:
        RequestError: A name is none of a variable, or a value holds a null character.
    """
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise RequestError("env is an object of names and values")
    found = {}
    for name, value in values.items():
        if not _VARIABLE.fullmatch(str(name)):
            raise RequestError(f"{str(name)[:80]!r} is no name of a variable")
        text = "" if value is None else str(value)
        if "\0" in text:
            raise RequestError(f"the value of {name} holds a null character")
        if name not in RESERVED_VARIABLES and not str(name).startswith(RESERVED_PREFIXES):
            found[str(name)] = text
    return found
