"""Settings of a service: one YAML file, checked as a whole before anything starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

if TYPE_CHECKING:
    from pathlib import Path


class SettingsError(Exception):
    """The file of settings cannot be used; the text names every error in it, never a secret's value."""


class StoringSettings(BaseModel):
    """What every service is told. On a host: `/etc/nai/<service>.yml`, readable by the service's user only.

    Attributes:
        listen_address: Address of this host that the REST interface listens on.
        listen_port: Its TCP port.
        database_url: SQLAlchemy's URL of the service's own database: `mysql+asyncmy://…` or `sqlite+aiosqlite://…`.
        log_level: Least severity that is logged.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    listen_address: str = "127.0.0.1"
    listen_port: int = Field(ge=1, le=65535)
    database_url: SecretStr
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"


class ServiceSettings(StoringSettings):
    """What a service is told that speaks to others through the broker.

    Attributes:
        broker_url: AMQP URL of RabbitMQ.
    """

    broker_url: SecretStr


S = TypeVar("S", bound=BaseModel)


def load_settings(cls: type[S], path: Path) -> S:
    """Read and check a file of settings.

    Args:
        cls: The service's own settings.
        path: The YAML file.

    Raises:
        SettingsError: It cannot be read, is no mapping of YAML, or has wrong, missing or unknown settings; all named.
    """
    try:
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: not UTF-8 text") from error
    except yaml.YAMLError as error:
        # The text of the error quotes lines of the file, which may be a password: only the place is told.
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}" if mark else ""
        raise SettingsError(f"{path}{place}: not valid YAML") from None
    if content is None:
        content = {}
    if not isinstance(content, dict):
        raise SettingsError(f"{path}: a mapping of settings is expected")
    try:
        return cls.model_validate(content)
    except ValidationError as error:
        lines = [
            f"{path}: {'.'.join(str(part) for part in found['loc']) or 'settings'}: {found['msg']}"
            for found in error.errors(include_url=False, include_input=False)
        ]
        raise SettingsError("\n".join(lines)) from None
