#!/usr/bin/python3
"""Stand-in for packstack 2015.1: `packstack --answer-file=FILE`.

Logs in to each host by SSH as packstack does, with the key that ssh takes by itself, and has the stand-in for Puppet
apply the host's part there. A host in EXCLUDE_SERVERS is left alone.
"""

from __future__ import annotations

import configparser
import json
import subprocess
import sys
from pathlib import Path

from shared import Interruption, fail, locked, record

PUPPET = "/usr/local/lib/stand-ins/puppet.py"
SSH = ("ssh", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null")
NEEDED = (
    *("CONFIG_CONTROLLER_HOST", "CONFIG_COMPUTE_HOSTS", "CONFIG_NETWORK_HOSTS", "CONFIG_SSH_KEY"),
    *("CONFIG_KEYSTONE_ADMIN_PW", "CONFIG_NOVA_KS_PW", "CONFIG_NEUTRON_ML2_VNI_RANGES"),
)


def addresses(value: str) -> list[str]:
    """Returns the parts of a list in an answer."""
    return [word.strip() for word in value.split(",") if word.strip()]


def apply(address: str, roles: list[str], answers: dict[str, str]) -> None:
    """Applies the host's part."""
    manifest = json.dumps({"address": address, "roles": roles, "answers": answers})
    done = subprocess.run(  # noqa: S603
        [*SSH, f"root@{address}", PUPPET], input=manifest, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()[-5:]
        fail(f"Applying {address}_{'_'.join(roles)}.pp: \x1b[31m[ ERROR ]\x1b[0m", "ERROR : " + "\n".join(said))
    sys.stdout.write(f"{address}_{'_'.join(roles)}.pp: \x1b[32m[ DONE ]\x1b[0m\n")


def main() -> int:
    """Entry point."""
    arguments = sys.argv[1:]
    with locked():
        record("packstack", arguments)
    interruption = Interruption("packstack", arguments)
    files = [word.partition("=")[2] for word in arguments if word.startswith("--answer-file=")]
    if len(files) != 1:
        fail("packstack: error: name one answer file")
    parser = configparser.RawConfigParser()
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # as configparser's documentation has it
    parser.read_string(Path(files[0]).read_text())
    answers = dict(parser["general"])
    if missing := [key for key in NEEDED if not answers.get(key)]:
        fail(f"ERROR : Parameter {missing[0]} failed validation: no value given")
    if not Path(answers["CONFIG_SSH_KEY"]).exists():
        fail(f"ERROR : Given file does not exist: {answers['CONFIG_SSH_KEY']}")
    interruption.at("before")
    excluded = addresses(answers.get("EXCLUDE_SERVERS", ""))
    roles: dict[str, list[str]] = {}
    for key, role in (("CONFIG_CONTROLLER_HOST", "controller"), ("CONFIG_COMPUTE_HOSTS", "compute")):
        for address in addresses(answers[key]):
            if address not in excluded:
                roles.setdefault(address, []).append(role)
    for number, (address, its_roles) in enumerate(roles.items()):
        if number == len(roles) // 2:
            interruption.at("middle")
        apply(address, its_roles, answers)
    interruption.at("after")
    sys.stdout.write(" **** Installation completed successfully ******\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
