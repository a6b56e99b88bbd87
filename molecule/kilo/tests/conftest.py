"""The installer run on the scenario's hosts, and what the stand-ins noted there."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.ansible import Run, Running, start

ASKING = ("rpm -q", "yum -q list", "docker images", "docker ps", "docker inspect")


class Scenario:
    """The hosts and the inventory.

    Attributes:
        state: Molecule's directory for the scenario.
        inventory: Directory of the installer's inventory.
        outputs: What all runs printed.
    """

    def __init__(self, state: Path) -> None:
        """Takes what is there."""
        self.state = state
        self.inventory = state / "blades"
        self.outputs: list[str] = []

    def add_blade(self) -> None:
        """Adds a second Docker blade to the inventory, as one does by hand."""
        file = self.inventory / "hosts.yml"
        lines = file.read_text().splitlines()
        above = next(number for number, line in enumerate(lines) if line.strip() == "blade01:")
        block = [line.replace("blade01", "blade02").replace(".101", ".102") for line in lines[above : above + 3]]
        file.write_text("\n".join([*lines[:above], *block, *lines[above:], ""]))

    def start(self, playbook: str, *arguments: str) -> Running:
        """Starts a playbook of the project."""
        environment = {
            "ANSIBLE_FORCE_COLOR": "false",  # Molecule forces it
            "ANSIBLE_CONFIG": str(self.state / "ansible.cfg"),
            "MOLECULE_EPHEMERAL_DIRECTORY": str(self.state),
            "NAI_STATE_DIR": str(self.state / "state"),
            "NAI_VAULT_PASSWORD_FILE": str(self.state / "state" / "vault_password"),
        }
        return start("ansible-playbook", f"--inventory={self.inventory}", playbook, *arguments, environment=environment)

    def play(self, playbook: str, *arguments: str) -> Run:
        """Runs a playbook of the project to its end."""
        done = self.start(playbook, *arguments).finish(300)
        self.outputs.append(done.output)
        return done

    def shell(self, host: str, command: str) -> str:
        """Runs a command on a host and returns what it printed."""
        argv = ["docker", "exec", f"nai-kilo-{host}", "sh", "-c", command]
        return subprocess.run(argv, check=True, capture_output=True, text=True).stdout  # noqa: S603

    def calls(self, host: str) -> list[str]:
        """Command lines of the stand-ins on a host that were to change something, oldest first."""
        lines = self.shell(host, "cat /var/lib/stand-ins/calls.jsonl 2>/dev/null || true").splitlines()
        calls = [" ".join([call["program"], *call["arguments"]]) for call in map(json.loads, lines)]
        return [call for call in calls if not call.startswith(ASKING)]

    def service(self, host: str, name: str) -> dict[str, Any]:
        """Returns what a service noted at its start: `user`, `arguments`, and `settings` as it sees them."""
        note: dict[str, Any] = json.loads(self.shell(host, f"cat /run/stand-ins/{name}.json"))
        return note

    def interrupt(self, host: str, call: str, when: str, how: str) -> None:
        """Has the next call that begins like this end `before`, in the `middle` or `after`, by `fail` or `kill`."""
        plan = json.dumps({"call": call, "when": when, "how": how})
        self.shell(host, f"echo '{plan}' > /var/lib/stand-ins/interruption.json")

    def is_interruption_pending(self, host: str) -> bool:
        """Tells whether that call has not come yet."""
        return self.shell(host, "ls /var/lib/stand-ins").find("interruption.json") >= 0


@pytest.fixture(scope="session")
def scenario() -> Scenario:
    """The scenario's hosts, as Molecule made them."""
    return Scenario(Path(os.environ["MOLECULE_EPHEMERAL_DIRECTORY"]))


@pytest.fixture(scope="session", autouse=True)
def no_secret_is_shown(scenario: Scenario) -> Iterator[None]:
    """Whatever the tests ran, no output had a secret."""
    yield
    answers = scenario.shell("master1", "cat /etc/nai/packstack-answers.txt 2>/dev/null || true").splitlines()
    pairs = [line.partition("=")[::2] for line in answers]
    secrets = {value for key, value in pairs if key.endswith(("_PW", "_PASSWORD", "_TOKEN", "_SECRET_KEY")) and value}
    shown = [secret for secret in secrets if any(secret in output for output in scenario.outputs)]
    if shown:
        pytest.fail(f"{len(shown)} of {len(secrets)} secrets were shown")
