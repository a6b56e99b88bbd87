"""How Ansible reaches the hosts: variables of Ansible's own, so they are not in the schema."""

from __future__ import annotations

import re
import shlex

from nai.installer.schema import Field, Type

FIELDS = (
    Field(
        name="ansible_user",
        type=Type.STRING,
        required=True,
        pattern=r"[A-Za-z_][A-Za-z0-9_.-]*",
        pattern_hint="the name of an account",
        help="Account on the hosts: root, or one that may use sudo without a password.",
    ),
    Field(
        name="ansible_ssh_private_key_file",
        type=Type.PATH,
        default="~/.ssh/id_ed25519",
        help="Private SSH key of that account on this machine. Empty: what ssh uses by itself.",
    ),
    Field(
        name="ansible_ssh_common_args",
        type=Type.STRING,
        help="Further arguments of ssh, for instance -o UserKnownHostsFile=/path/known_hosts, or a jump host. The"
        " hosts' own keys have to be known: by default those in ~/.ssh/known_hosts.",
    ),
    Field(
        name="ansible_python_interpreter",
        type=Type.PATH,
        help="Python 3.8 or newer on the hosts, where it is not /usr/bin/python3.",
    ),
)

TEXTS = {
    "ansible_user": "Account on the hosts?",
    "ansible_ssh_private_key_file": "Private SSH key?",
    "ansible_ssh_common_args": "Further arguments of ssh (empty: none)?",
    "ansible_python_interpreter": "Python on the hosts (empty: /usr/bin/python3)?",
}

_UNPINNED = re.compile(r"StrictHostKeyChecking[= ](no|off|accept-new)|UserKnownHostsFile[= ]/dev/null", re.IGNORECASE)


def arguments_problem(text: str) -> tuple[str, str] | None:
    """What is wrong with arguments of ssh, and what to do; None when they can be used."""
    try:
        shlex.split(text)
    except ValueError:
        return "has an opening quote without a closing one", "close it"
    if _UNPINNED.search(text):
        return "accepts any host key", "name a file with the hosts' keys: -o UserKnownHostsFile=/path/known_hosts"
    return None
