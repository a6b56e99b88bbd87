"""SSH keys of the testbed: one for the client, one for each host, known to both sides before the first connection."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from nai.installer.testbed.command import run
from nai.installer.testbed.ownership import Owner


def client_key(owner: Owner) -> Path:
    """Returns the path of the private key that logs in to the hosts."""
    return owner.state / "id_ed25519"


def host_key(owner: Owner, host: str) -> Path:
    """Returns the path of a host's private key."""
    return owner.state / "hosts" / host


def known_hosts_file(owner: Owner) -> Path:
    """Returns the path of the file that pins the hosts' keys."""
    return owner.state / "known_hosts"


def public_key(private: Path) -> str:
    """Returns the public half of a key as one line."""
    return private.with_name(private.name + ".pub").read_text().strip()


def ensure_key(private: Path, comment: str) -> bool:
    """Makes a key pair unless it is whole.

    Args:
        private: Where the private key belongs; the public one gets `.pub`.
        comment: Last word of the public key.

    Returns:
        Whether it was made.
    """
    if private.is_file() and private.with_name(private.name + ".pub").is_file():
        return False
    private.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=private.parent) as directory:
        new = Path(directory) / "key"
        run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", str(new)])
        # The private key last: its presence says that the pair is whole.
        new.with_name("key.pub").replace(private.with_name(private.name + ".pub"))
        new.replace(private)
    return True


def known_hosts(pins: Mapping[str, str], names: Mapping[str, str]) -> str:
    """Returns the text of the file that pins host keys (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT).

    Args:
        pins: Host name → public key as ssh-keygen writes it.
        names: Host name → address it is reached by.
    """
    lines = []
    for host in sorted(pins):
        kind, key = pins[host].split()[:2]
        lines.append(f"{names[host]},{host} {kind} {key}\n")
    return "".join(lines)


def ensure_keys(owner: Owner, addresses: Mapping[str, str]) -> list[str]:
    """Makes all missing keys and pins the hosts'.

    Args:
        owner: Whose testbed.
        addresses: Host name → management address.

    Returns:
        What was made.
    """
    owner.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner.state.chmod(0o700)
    made = ["client"] if ensure_key(client_key(owner), f"nai-testbed-{owner.id}") else []
    made += [host for host in addresses if ensure_key(host_key(owner, host), host)]
    text = known_hosts({host: public_key(host_key(owner, host)) for host in addresses}, addresses)
    path = known_hosts_file(owner)
    if not path.is_file() or path.read_text() != text:
        write_private(path, text)
        made.append("known_hosts")
    return made


def write_private(path: Path, text: str) -> None:
    """Replaces a file in one step; only its owner can read it."""
    descriptor, new = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text)
    Path(new).replace(path)


def ssh_options(owner: Owner) -> Iterable[str]:
    """Returns the options of a one-off `ssh` to a host, as strict as the inventory's."""
    options = {
        "UserKnownHostsFile": str(known_hosts_file(owner)),
        "GlobalKnownHostsFile": "/dev/null",
        "StrictHostKeyChecking": "yes",
        "IdentitiesOnly": "yes",
        "BatchMode": "yes",
        "ConnectTimeout": "5",
        "ControlPath": "none",
    }
    yield from ("-i", str(client_key(owner)))
    for name, value in options.items():
        yield from ("-o", f"{name}={value}")
