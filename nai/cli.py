"""The command `nai`.

Exit codes: 0 done; 1 it failed, or (for `reference --check`) files are out of date; 2 wrong input: an invalid
inventory or wrong options; 130 interrupted at a question. What Ansible returns is passed on.

Everything heavy is imported by the command that needs it: `nai --help` answers at once.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

FAILED, WRONG_INPUT, INTERRUPTED = 1, 2, 130

ELSEWHERE = {
    "testbed": ("nai.installer.testbed.cli", "The embedded hosts: up, down, status."),
    "images": ("nai.hypervisor.__main__", "Docker images of this compute host: sync."),
    "paas": ("nai.paas.command", "The PaaS manager: serve, migrate."),
    "marketplace": ("nai.marketplace.command", "The marketplace: serve, migrate."),
    "nfvo": ("nai.nfvo.command", "The orchestrator: serve, migrate."),
    "vnfm-generic": ("nai.vnfm.generic.command", "The manager of generic network functions: serve, migrate."),
    "vnfm-media-server": ("nai.vnfm.media_server.command", "The manager of media servers: serve, migrate."),
}
"""Commands of other modules: the module and the help. `images` has a parser of its own, as compute hosts lack typer."""


app = typer.Typer(no_args_is_help=True, add_completion=False, help="Installs and looks after a NAI cloud.")

InventoryOption = Annotated[
    list[Path] | None,
    typer.Option("--inventory", "-i", help="Inventory: directory or hosts file. Default: inventories/testbed."),
]
ExtraVars = Annotated[
    list[str] | None, typer.Option("--extra-vars", "-e", help="Variable as name=value, YAML, or @file.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def validate(inventory: InventoryOption = None, extra_vars: ExtraVars = None, as_json: AsJson = False) -> None:
    """Check an inventory: all errors at once, no host is contacted. Exit code 2 when something is wrong."""
    from nai.installer.validation import validate as check

    report = check(_sources(inventory), extra_vars or [])
    if as_json:
        typer.echo(json.dumps(report.as_dict(), indent=2))
    else:
        for finding in report.findings:
            typer.echo(str(finding), err=True)
        typer.echo(report.summary(), err=bool(report.findings))
    raise typer.Exit(WRONG_INPUT if report.findings else 0)


@app.command()
def secrets(
    inventory: InventoryOption = None,
    list_names: Annotated[bool, typer.Option("--list", help="Only list their names, and which are missing.")] = False,
) -> None:
    """Make the missing secrets of an inventory in its vault-encrypted file."""
    from nai.installer.inventory import InventoryError
    from nai.installer.own_secrets import OwnSecrets
    from nai.installer.secrets import SecretsError

    try:
        own = OwnSecrets.of(_sources(inventory)[0])
        missing = own.missing()
        if list_names:
            for name in own.names:
                typer.echo(f"{name}{'  missing' if name in missing else ''}")
            return
        own.ensure()
    except (InventoryError, SecretsError) as error:
        _fail(str(error), WRONG_INPUT)
    typer.echo(f"{own.path}: {len(missing)} made, {len(own.names) - len(missing)} were there")


@app.command()
def configure(
    directory: Annotated[Path | None, typer.Argument(help="The inventory, new or written by this command.")] = None,
    preseed: Annotated[Path | None, typer.Option(help="File of answers; then nothing is asked.")] = None,
    write_preseed: Annotated[Path | None, typer.Option(help="Write the answers to a file, without secrets.")] = None,
) -> None:
    """Ask for everything an inventory needs, check it at once, and write the inventory."""
    from nai.installer.checkout import displayed
    from nai.installer.interactive.configure import ConfigureError
    from nai.installer.interactive.configure import configure as run

    try:
        written = run(directory, preseed, write_preseed)
    except ConfigureError as error:
        _fail(str(error), WRONG_INPUT)
    except KeyboardInterrupt:
        _fail("\nnai configure: interrupted; nothing was written", INTERRUPTED)
    if written is None:
        _fail("nai configure: nothing was written")
    typer.echo(f"{displayed(written)} is written; next: ansible-playbook -i {displayed(written)} site.yml")


@app.command()
def import_variables(
    file: Annotated[Path, typer.Argument(help="variables.py of the original installer.")],
    directory: Annotated[Path, typer.Argument(help="The new inventory.")],
) -> None:
    """Take over a configuration file of the original installer; what has no counterpart is named."""
    from nai.installer.checkout import displayed
    from nai.installer.original.importing import ImportFailedError
    from nai.installer.original.importing import import_variables as run

    try:
        told = run(file, directory)
    except ImportFailedError as error:
        _fail(str(error), WRONG_INPUT)
    for line in told:
        typer.echo(line)
    typer.echo(f"{displayed(directory)} is written; `nai configure {displayed(directory)}` asks for what it lacks")


@app.command()
def endpoints(inventory: InventoryOption = None, as_json: AsJson = False) -> None:
    """Tell where each service is and where its credentials lie."""
    from nai.installer.endpoints import EndpointsError
    from nai.installer.endpoints import endpoints as find
    from nai.installer.endpoints_table import table
    from nai.installer.inventory import Inventory, InventoryError

    try:
        found = find(Inventory(_sources(inventory)))
    except (InventoryError, EndpointsError) as error:
        _fail(str(error), WRONG_INPUT)
    if as_json:
        typer.echo(json.dumps(found.as_dict(), indent=2))
    else:
        typer.echo(table(found))


@app.command()
def reference(
    write: Annotated[bool, typer.Option("--write", help="Write the files that differ.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Change nothing; exit code 1 when a file differs.")] = False,
) -> None:
    """Generate what is written from the schema: the page of variables, the roles' defaults and specifications."""
    from nai.installer.checkout import displayed
    from nai.installer.reference import drifted
    from nai.installer.reference import write as write_files
    from nai.installer.schema import schema

    if write == check:
        _fail("nai reference: give either --write or --check", WRONG_INPUT)
    root = _checkout()
    files = write_files(root, schema()) if write else drifted(root, schema())
    for path in files:
        typer.echo(displayed(path), err=check)
    if check and files:
        _fail(f"{len(files)} files differ from the schema; run nai reference --write")


_PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True}


@app.command(context_settings=_PASSED_ON)
def precheck(context: typer.Context, inventory: InventoryOption = None) -> None:
    """Check the hosts: memory, disk, ports, clock, kernel. Other options go to ansible-playbook."""
    _play("precheck", inventory, context.args)


@app.command(context_settings=_PASSED_ON)
def plan(context: typer.Context, inventory: InventoryOption = None) -> None:
    """Tell what an installation would change. Other options go to ansible-playbook."""
    _play("plan", inventory, context.args)


@app.command(context_settings=_PASSED_ON)
def verify(context: typer.Context, inventory: InventoryOption = None) -> None:
    """Prove that the running cloud works from end to end. Other options go to ansible-playbook."""
    _play("verify", inventory, context.args)


@app.command(context_settings=_PASSED_ON)
def deploy(context: typer.Context, inventory: InventoryOption = None) -> None:
    """Install everything: runs site.yml. Other options go to ansible-playbook."""
    _play("site", inventory, context.args)


def main() -> None:
    """Entry point."""
    called = sys.argv[1] if len(sys.argv) > 1 else ""
    for name, (module, text) in ELSEWHERE.items():
        if name != called:
            app.command(name, help=text)(lambda: None)
        elif name == "images":
            sys.exit(_elsewhere(name, module).main(sys.argv[1:]))
        else:
            app.add_typer(_elsewhere(name, module).app, name=name, help=text)
    app()


def _elsewhere(name: str, module: str) -> ModuleType:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        typer.echo(
            f"nai {name}: this machine lacks {error.name}; run the command on the kind of host it is for", err=True
        )
        sys.exit(FAILED)


def _play(verb: str, inventory: list[Path] | None, options: Sequence[str]) -> NoReturn:
    from nai.installer.checkout import use_configuration

    root = _checkout()
    playbook = root / ("site.yml" if verb == "site" else f"playbooks/{verb}.yml")
    use_configuration()
    sources = [part for source in _sources(inventory) for part in ("-i", str(source))]
    beside = Path(sys.executable).with_name("ansible-playbook")
    program = str(beside) if beside.exists() else "ansible-playbook"
    sys.stdout.flush()
    try:
        os.execvp(program, [program, *sources, str(playbook), *options])  # noqa: S606  # no shell is wanted
    except FileNotFoundError:
        _fail("ansible-playbook is not installed; install the package `ansible`")


def _sources(inventory: list[Path] | None) -> list[Path]:
    return inventory or [_checkout() / "inventories" / "testbed"]


def _checkout() -> Path:
    from nai.installer.checkout import CheckoutNotFoundError, checkout

    try:
        return checkout()
    except CheckoutNotFoundError as error:
        _fail(str(error))


def _fail(text: str, code: int = FAILED) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(code)
