"""The hosts of the inventory, reached as the installer reaches them."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nai.installer.inventory import Inventory
from tests.support.repository import ROOT

TESTBED = ROOT / "inventories" / "testbed"


@dataclass(frozen=True)
class Host:
    """A host of the inventory.

    Attributes:
        name: Its name in the inventory.
        address: Its management address.
        user: Account with passwordless sudo.
        options: Options of `ssh`: key and pinned host keys.
    """

    name: str
    address: str
    user: str
    options: tuple[str, ...]

    def run(self, script: str, *, check: bool = True, seconds: float = 60) -> subprocess.CompletedProcess[str]:
        """Runs a shell script as root on the host.

        Args:
            script: Text for `bash`, handed over on standard input (so nothing of it is in a process list).
            check: Whether a non-zero exit code fails the test.
            seconds: How long it may take.

        Returns:
            The finished process with its output as text.
        """
        done = subprocess.run(
            ["ssh", *self.options, f"{self.user}@{self.address}", "sudo", "-n", "bash", "-s"],
            input=script,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        if check:
            assert done.returncode == 0, f"{self.name}: {script!r}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done

    def read(self, script: str, *, seconds: float = 60) -> str:
        """Returns what a script printed, without the white space around it."""
        return self.run(script, seconds=seconds).stdout.strip()


def hosts(inventory: Path = TESTBED) -> dict[str, Host]:
    """Every host of the inventory by name."""
    read = Inventory([inventory])
    found = {}
    for name in read.hosts:
        value = {key: str(read.value(name, key)) for key in ("ansible_host", "ansible_user")}
        key_file = read.value(name, "ansible_ssh_private_key_file")
        arguments: Sequence[str] = str(read.value(name, "ansible_ssh_common_args")).split()
        options = ("-o", "BatchMode=yes", "-o", "ConnectTimeout=10", "-i", str(key_file), *arguments)
        found[name] = Host(name, value["ansible_host"], value["ansible_user"], options)
    return found


def group(name: str, inventory: Path = TESTBED) -> tuple[str, ...]:
    """Names of the hosts of a group."""
    return Inventory([inventory]).groups[name]
