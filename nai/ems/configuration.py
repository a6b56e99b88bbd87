"""The agent's configuration: the file `conf.ini`, section `ems`, as Open Baton's EMS 1.0 reads it."""

from __future__ import annotations

import configparser
import re
import socket
from dataclasses import dataclass, field
from pathlib import Path

DEFAULT_FILE = Path("/etc/openbaton/ems/conf.ini")

_HOSTNAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?")
_TYPE = re.compile(r"[A-Za-z0-9_-]+")


class ConfigurationError(Exception):
    """The file is missing or wrong; the text names every error."""


@dataclass(frozen=True)
class Configuration:
    """What the agent is told.

    Attributes:
        broker_ip: Address of the broker as the instance reaches it.
        broker_port: Port of the broker.
        username: User of the broker.
        password: Its password; not shown.
        virtual_host: Of the broker.
        exchange: Topic exchange of the platform.
        hostname: Name the VNFM knows the instance by, in small letters.
        type: Type of the VNFM.
        auto_delete: The queue goes when the agent goes.
        heartbeat_seconds: Of the connection.
        announce_seconds: Time between two registrations.
        scripts: Directory of the scripts.
        state: Directory of the stored answers.
        logs: Directory of the output files.
        script_seconds: How long a script may run when the request does not say.
    """

    broker_ip: str
    broker_port: int
    username: str
    password: str = field(repr=False)
    virtual_host: str
    exchange: str
    hostname: str
    type: str
    auto_delete: bool
    heartbeat_seconds: int
    announce_seconds: float
    scripts: Path
    state: Path
    logs: Path
    script_seconds: float

    @property
    def actions_queue(self) -> str:
        """Queue, and routing key, of the requests to this instance."""
        return f"vnfm.{self.hostname}.actions"

    @property
    def register_key(self) -> str:
        """Routing key of registrations."""
        return f"ems.{self.type}.register"


def load(path: Path) -> Configuration:
    """Reads the file.

    Raises:
        ConfigurationError: It is missing or wrong.
    """
    parser = configparser.ConfigParser(interpolation=None)
    try:
        with path.open(encoding="utf-8") as file:
            parser.read_file(file)
    except (OSError, configparser.Error, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: {error}") from error
    if not parser.has_section("ems"):
        raise ConfigurationError(f"{path}: there is no section [ems]")
    section = parser["ems"]
    errors: list[str] = []

    def text(name: str, default: str | None = None) -> str:
        value = section.get(name, "").strip() or default
        if value is None:
            errors.append(f"{name} is missing")
        return value or ""

    def number(name: str, default: float, least: float, most: float) -> float:
        value = text(name, str(default))
        try:
            found = float(value)
        except ValueError:
            found = float("nan")
        if not least <= found <= most:
            errors.append(f"{name} is {value!r}, not a number from {least:g} to {most:g}")
            return default
        return found

    hostname = text("hostname", socket.gethostname()).lower()
    if not _HOSTNAME.fullmatch(hostname):
        errors.append(f"hostname is {hostname[:80]!r}, which is no host name")
    kind = text("type", "generic")
    if not _TYPE.fullmatch(kind):
        errors.append(f"type is {kind[:80]!r}: letters, digits, _ and - only")
    found = Configuration(
        broker_ip=text("broker_ip"),
        broker_port=int(number("broker_port", 5672, 1, 65535)),
        username=text("username"),
        password=text("password"),
        virtual_host=text("virtual_host", "/"),
        exchange=text("exchange", "openbaton-exchange"),
        hostname=hostname,
        type=kind,
        auto_delete=text("autodelete", "true").lower() in ("true", "yes", "1", "on"),
        heartbeat_seconds=int(number("heartbeat", 60, 0, 3600)),
        announce_seconds=number("announce", 30, 0.05, 3600),
        scripts=Path(text("scripts_path", "/opt/openbaton/scripts")),
        state=Path(text("state_path", "/var/lib/openbaton/ems")),
        logs=Path(text("log_path", "/var/log/openbaton")),
        script_seconds=number("script_timeout", 300, 1, 86400),
    )
    if errors:
        raise ConfigurationError(f"{path}: " + "; ".join(errors))
    return found
