"""No secret of the vault file stands in what the runs printed, kept or logged. Runs last."""

from pathlib import Path

import pytest

from nai.installer.inventory import Inventory
from tests.support.ansible import OUTPUTS
from tests.support.hosts import TESTBED, Host
from tests.support.repository import ROOT, read_yaml

# Services keep a secret in their configuration, their databases and nowhere else.
_SEARCH = """
cat > /run/e2e-patterns
chmod 600 /run/e2e-patterns
{ grep -rlF -f /run/e2e-patterns /var/log 2>/dev/null || true
  journalctl --no-pager -o cat | grep -cF -f /run/e2e-patterns | sed -n '/^0$/!s/^/lines of the journal: /p'
  for line in /proc/[0-9]*/cmdline; do
    tr '\\0' ' ' < "$line" 2>/dev/null | grep -qF -f /run/e2e-patterns && echo "command line $line"
  done; }
rm -f /run/e2e-patterns
"""


@pytest.fixture(scope="module")
def secrets() -> dict[str, str]:
    """Every secret of the testbed's vault file."""
    file = TESTBED / "group_vars" / "all" / "secrets.yml"
    inventory = Inventory([TESTBED])
    host = inventory.hosts[0]
    names = _names(file, inventory)
    found = {name: str(inventory.value(host, name)) for name in names}
    assert len(found) >= 10, "the platform has more secrets than that"
    assert all(len(value) >= 16 for value in found.values())
    return found


def _names(file: Path, inventory: Inventory) -> list[str]:
    """Names in the vault file, whether its values or the whole of it are encrypted."""
    content = inventory.loader.load_from_file(str(file)) if file.exists() else read_yaml(file)
    return [name for name in content if name.endswith(("_password", "_secret"))]


def test_outputs_and_journals_carry_no_secret(secrets: dict[str, str]) -> None:
    leaks = []
    for folder in (OUTPUTS.parent, ROOT / ".nai" / "journal", ROOT / ".nai" / "facts"):
        for file in folder.rglob("*"):
            if file.is_file():
                content = file.read_text(errors="replace")
                leaks += [f"{file}: {name}" for name, value in secrets.items() if value in content]
    assert not leaks, leaks


def test_logs_and_process_lists_of_the_hosts_carry_no_secret(secrets: dict[str, str], hosts: dict[str, Host]) -> None:
    for host in hosts.values():
        script = _SEARCH.replace(
            "cat > /run/e2e-patterns\n", "cat > /run/e2e-patterns <<'END'\n" + "\n".join(secrets.values()) + "\nEND\n"
        )
        assert host.read(f"umask 077\n{script}", seconds=120) == "", host.name


def test_private_files_are_private() -> None:
    assert (ROOT / ".nai").stat().st_mode & 0o077 == 0
    for file in (ROOT / ".nai" / "journal").iterdir():
        assert file.stat().st_mode & 0o077 == 0, file
