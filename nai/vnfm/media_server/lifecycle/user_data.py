"""The script that an instance runs when it first starts.

The original wrote values into the scripts by text substitution, so that a quote or `$(…)` in a password was run by a
shell as root. Here the values are set as shell variables, each quoted, ahead of the scripts, which use them as before
(`$HOSTNAME`, `$MONITORING_URL`, `$TURN_SERVER_…`, `$STUN_SERVER_…`).
"""

import shlex
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path

from nai.catalogue import Configuration
from nai.vnfm.media_server.lifecycle.settings import InstanceSettings

CONFIGURATION = "mediaserver"
"""Name of the configuration whose keys override the settings (wire contract 1.4)."""

_KEYS = {
    "TURN_SERVER_ACTIVATE": "mediaserver.turn-server.activate",
    "TURN_SERVER_URL": "mediaserver.turn-server.url",
    "TURN_SERVER_USERNAME": "mediaserver.turn-server.username",
    "TURN_SERVER_PASSWORD": "mediaserver.turn-server.password",
    "STUN_SERVER_ACTIVATE": "mediaserver.stun-server.activate",
    "STUN_SERVER_ADDRESS": "mediaserver.stun-server.address",
    "STUN_SERVER_PORT": "mediaserver.stun-server.port",
}


def variables(hostname: str, settings: InstanceSettings, configuration: Configuration | None) -> dict[str, str]:
    """Gives the variables that the scripts of an instance see.

    Args:
        hostname: Name of the instance.
        settings: What holds where the configuration says nothing.
        configuration: The VNF's own; one of another name than `mediaserver` is not looked at.

    Returns:
        Name to value; truth as `true` or `false`.
    """
    turn, stun = settings.turn_server, settings.stun_server
    values = {
        "HOSTNAME": hostname,
        "MONITORING_URL": settings.monitoring_url,
        "TURN_SERVER_ACTIVATE": str(turn.activate).lower(),
        "TURN_SERVER_URL": turn.url,
        "TURN_SERVER_USERNAME": turn.username,
        "TURN_SERVER_PASSWORD": turn.password.get_secret_value(),
        "STUN_SERVER_ACTIVATE": str(stun.activate).lower(),
        "STUN_SERVER_ADDRESS": stun.address,
        "STUN_SERVER_PORT": str(stun.port),
    }
    if configuration is not None and configuration.name == CONFIGURATION:
        given = configuration.as_dict()
        values |= {name: given[key] for name, key in _KEYS.items() if given.get(key)}
    return values


def render(values: Mapping[str, str], scripts: Iterable[str]) -> str:
    """Puts variables and scripts together.

    Args:
        values: Variable to value; a NUL, which no shell can hold, is taken out.
        scripts: Shell scripts; each runs in a shell of its own, so that an `exit` in one does not end the others.

    Returns:
        One script.
    """
    lines = [
        "#!/bin/bash",
        *(f"export {name}={shlex.quote(value.replace(chr(0), ''))}" for name, value in values.items()),
    ]
    for script in scripts:
        lines += ["(", script.strip("\n"), ")"]
    return "\n".join(lines) + "\n"


def read_scripts(directory: Path) -> tuple[str, ...]:
    """Reads our own scripts and then the operator's.

    Args:
        directory: Of the operator's; it need not exist.

    Raises:
        OSError: A script cannot be read.
    """
    own = files(__package__).joinpath("scripts")
    texts = [
        entry.read_text() for entry in sorted(own.iterdir(), key=lambda each: each.name) if entry.name.endswith(".sh")
    ]
    return (*texts, *(path.read_text() for path in sorted(directory.glob("*.sh"))))
