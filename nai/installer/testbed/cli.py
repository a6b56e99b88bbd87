"""`nai testbed up|down|status`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from nai.installer.testbed.down import Down, Finding
from nai.installer.testbed.engine import Engine
from nai.installer.testbed.errors import TestbedError
from nai.installer.testbed.lock import machine_lock
from nai.installer.testbed.ownership import this_checkout
from nai.installer.testbed.recipe import REPOSITORY
from nai.installer.testbed.status import collect, show
from nai.installer.testbed.steps import Steps
from nai.installer.testbed.up import Up

app = typer.Typer(help="The embedded hosts: systemd containers on this machine's Docker engine.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON; progress goes to stderr.")]


@contextmanager
def _errors(console: Console) -> Iterator[None]:
    """Shows an error for the reader instead of a traceback."""
    try:
        yield
    except TestbedError as error:
        console.print(f"[red]error:[/] {_plain(str(error))}", highlight=False, soft_wrap=True)
        raise typer.Exit(1) from error


def _plain(text: str) -> str:
    return text.replace("[", r"\[")


def _result(steps: Steps) -> dict[str, object]:
    rows = [
        {"step": step.name, "outcome": step.outcome, "changed": step.changed, "seconds": round(step.seconds, 2)}
        for step in steps.done
    ]
    return {"changed": steps.changed, "seconds": round(steps.seconds, 2), "steps": rows}


def _write_json(result: object) -> None:
    sys.stdout.write(json.dumps(result, indent=2) + "\n")


@app.command()
def up(
    recreate: Annotated[bool, typer.Option(help="Replace the hosts whatever is on them.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make and start the hosts; finishes what an interrupted run began, and changes nothing when all is there."""
    console = Console(stderr=as_json)
    with _errors(console), machine_lock(console.print):
        owner, steps = this_checkout(), Steps(console)
        Up(owner, Engine(), steps, recreate).run()
        if as_json:
            _write_json(_result(steps))
        else:
            console.print(steps.table(f"testbed {owner.id} is up"))


@app.command()
def down(
    purge: Annotated[
        bool, typer.Option(help="Remove the images and packages, too, that other checkouts share.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Remove the hosts, their networks, volumes, keys and files, and show that nothing is left."""
    console = Console(stderr=as_json)
    with _errors(console), machine_lock(console.print):
        owner, steps = this_checkout(), Steps(console)
        findings = Down(owner, Engine(), steps, purge).run()
        left = [finding for finding in findings if finding.left]
        if as_json:
            _write_json({**_result(steps), "left": {finding.what: finding.left for finding in findings}})
        else:
            console.print(_proof(findings))
            if not purge:
                console.print(
                    f"kept: {owner.cache} and the images {REPOSITORY}/*, which all checkouts share (--purge removes "
                    "them), and the inventory's secrets",
                    highlight=False,
                    soft_wrap=True,
                )
    if left:
        raise typer.Exit(1)


def _proof(findings: list[Finding]) -> Table:
    table = Table("looked for", "left", title="what is left", title_justify="left")
    for finding in findings:
        table.add_row(_plain(finding.what), _plain("\n".join(finding.left)) or "nothing")
    return table


@app.command()
def status(as_json: AsJson = False) -> None:
    """Show the hosts, their networks and what the caches hold."""
    console = Console()
    with _errors(console):
        state = collect(Engine(), this_checkout())
        if as_json:
            _write_json(state)
        else:
            show(state, console)
