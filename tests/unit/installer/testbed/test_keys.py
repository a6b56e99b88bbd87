"""Keys are made once, are private, and are pinned by the address Ansible connects to."""

import stat
from pathlib import Path

from nai.installer.testbed.keys import ensure_keys, host_key, known_hosts, known_hosts_file, public_key, ssh_options
from nai.installer.testbed.ownership import Owner

ADDRESSES = {"controller1": "172.31.90.10", "compute1": "172.31.90.21"}


def test_known_hosts_pins_address_and_name_and_drops_the_comment() -> None:
    pins = {"compute1": "ssh-ed25519 BBBB root@here", "controller1": "ssh-ed25519 AAAA"}
    assert known_hosts(pins, ADDRESSES) == (
        "172.31.90.21,compute1 ssh-ed25519 BBBB\n172.31.90.10,controller1 ssh-ed25519 AAAA\n"
    )


def test_keys_are_made_once(tmp_path: Path) -> None:
    owner = Owner(tmp_path, tmp_path)
    assert ensure_keys(owner, ADDRESSES) == ["client", "controller1", "compute1", "known_hosts"]
    before = host_key(owner, "compute1").read_text()
    assert ensure_keys(owner, ADDRESSES) == []
    assert host_key(owner, "compute1").read_text() == before


def test_half_a_pair_is_made_again_and_pinned_again(tmp_path: Path) -> None:
    owner = Owner(tmp_path, tmp_path)
    ensure_keys(owner, ADDRESSES)
    host_key(owner, "compute1").unlink()
    assert ensure_keys(owner, ADDRESSES) == ["compute1", "known_hosts"]
    assert public_key(host_key(owner, "compute1")).split()[1] in known_hosts_file(owner).read_text()


def test_nobody_else_can_read_them(tmp_path: Path) -> None:
    owner = Owner(tmp_path, tmp_path)
    ensure_keys(owner, ADDRESSES)
    private = [host_key(owner, "compute1"), owner.state / "id_ed25519", known_hosts_file(owner)]
    assert {stat.S_IMODE(path.stat().st_mode) for path in private} == {0o600}
    assert stat.S_IMODE(owner.state.stat().st_mode) == 0o700


def test_a_host_is_never_trusted_on_first_use(tmp_path: Path) -> None:
    options = list(ssh_options(Owner(tmp_path, tmp_path)))
    assert "StrictHostKeyChecking=yes" in options
    assert "GlobalKnownHostsFile=/dev/null" in options
