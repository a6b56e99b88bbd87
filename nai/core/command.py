"""The command of a service: `nai <service> serve`, `migrate` and `check`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from sqlalchemy.exc import SQLAlchemyError

from nai.core.migrations import upgrade
from nai.core.service import serve as run
from nai.core.settings import SettingsError, StoringSettings, load_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fastapi import FastAPI

S = TypeVar("S", bound=StoringSettings)
FAILED, WRONG_INPUT = 1, 2

Config = Annotated[Path, typer.Option("--config", help="File of settings, YAML.")]


def service_command(
    settings_class: type[S], application: Callable[[S], FastAPI], packages: Sequence[str], help_text: str
) -> typer.Typer:
    """Make the command of a service.

    Args:
        settings_class: What its file of settings is checked against.
        application: Makes the application; whatever connects belongs into the lifespan.
        packages: Python packages whose tables its database holds, in the order in which they are made.
        help_text: What the service is.

    Returns:
        What `nai.cli` adds under the service's name.
    """
    app = typer.Typer(no_args_is_help=True, add_completion=False, help=help_text)

    @app.command()
    def serve(config: Config) -> None:
        """Run the service in the foreground."""
        settings = _settings(settings_class, config)
        run(application(settings), settings)

    @app.command()
    def migrate(config: Config) -> None:
        """Bring the service's tables to the newest revision; run again, it changes nothing."""
        settings = _settings(settings_class, config)
        try:
            for package in packages:
                asyncio.run(upgrade(settings.database_url.get_secret_value(), package))
        except (SQLAlchemyError, OSError) as error:
            # Only the driver's own words: SQLAlchemy adds the statement, and a URL has the password in it.
            typer.echo(f"the tables cannot be changed: {getattr(error, 'orig', None) or error}", err=True)
            raise typer.Exit(FAILED) from None
        typer.echo("the tables are current")

    @app.command()
    def check(config: Config) -> None:
        """Check a file of settings, all of it; nothing is connected. Exit code 2 when something is wrong."""
        _settings(settings_class, config)

    return app


def _settings(settings_class: type[S], path: Path) -> S:
    try:
        return load_settings(settings_class, path)
    except SettingsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(WRONG_INPUT) from None
