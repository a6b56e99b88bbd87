"""key_pair: contract, the file's mode, and a key that was replaced."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.nubomedia.nai.plugins.module_utils.openstack import CloudError
from ansible_collections.nubomedia.nai.plugins.modules.key_pair import KeyPair

from tests.unit.openstack.conftest import FakeService


class Host:
    """A module whose `ssh-keygen` writes numbered keys."""

    def __init__(self, path: Path, check_mode: bool) -> None:
        self.params = {"name": "nubomedia", "private_key_file": str(path)}
        self.check_mode = check_mode

    def run_command(self, words: list[str]) -> tuple[int, str, str]:
        """Runs the program."""
        path = Path(words[-1])
        if words[1] == "-y":
            if not path.read_text().startswith("private"):
                return 255, "", "invalid format"
            return 0, f"ssh-ed25519 {path.read_text().split()[1]} nubomedia\n", ""
        path.write_text("private AAAA")
        path.chmod(0o600)
        return 0, "", ""


@pytest.fixture
def nova() -> FakeService:
    """Nova without a key pair."""
    service = FakeService()
    keys: dict[str, dict[str, Any]] = {}

    def remove(_body: dict[str, Any], name: str) -> dict[str, Any]:
        del keys[name]
        return {}

    def make(body: dict[str, Any]) -> dict[str, Any]:
        keys[body["keypair"]["name"]] = body["keypair"]
        return {}

    service.on("GET", "/os-keypairs", lambda _body: {"keypairs": [{"keypair": key} for key in keys.values()]})
    service.on("POST", "/os-keypairs", make)
    service.on("DELETE", "/os-keypairs/(.*)", remove)
    return service


def apply(nova: FakeService, path: Path, state: str = "present", check_mode: bool = False) -> KeyPair:
    """Runs the module's body."""
    pair = KeyPair(nova, Host(path, check_mode))
    if state == "present":
        pair.ensure()
    else:
        pair.remove()
    return pair


def test_the_contract(nova: FakeService, tmp_path: Path) -> None:
    path = tmp_path / "key"
    seen = []
    for state in ("present", "changed", "absent"):
        if state == "changed":
            path.write_text("private BBBB")
        for check_mode in (True, False, True, False):
            before = len(nova.writes), path.exists()
            pair = apply(nova, path, "absent" if state == "absent" else "present", check_mode)
            seen.append(bool(pair.diff.changes))
            assert not check_mode or (len(nova.writes), path.exists()) == before
    assert seen == [True, True, False, False] * 3
    assert path.exists(), "the private half stays"


def test_a_file_that_others_can_read_is_closed(nova: FakeService, tmp_path: Path) -> None:
    path = tmp_path / "key"
    apply(nova, path)
    path.chmod(0o644)
    assert apply(nova, path).diff.changes == [f"private key {path}: mode changed"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_diff_shows_fingerprints_and_never_the_private_half(nova: FakeService, tmp_path: Path) -> None:
    path = tmp_path / "key"
    pair = apply(nova, path)
    assert "SHA256:" in pair.diff.result()["diff"]["after"]
    assert pair.public_key == "ssh-ed25519 AAAA nubomedia"
    assert "private AAAA" not in str(pair.diff.result())


def test_a_file_that_is_no_key_is_told(nova: FakeService, tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("no key")
    with pytest.raises(CloudError, match="invalid format"):
        apply(nova, path)
