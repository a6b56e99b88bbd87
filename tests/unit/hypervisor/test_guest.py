"""Files inside an instance."""

import base64
import io
import tarfile

import pytest

from nai.hypervisor import guest


def unpacked(files: list[guest.GuestFile]) -> dict[str, tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(guest.archive(files))) as tar:
        return {member.name: member for member in tar.getmembers()}


def test_the_key_is_roots_and_closed_to_others() -> None:
    members = unpacked(guest.key_files("ssh-ed25519 AAAA me\n"))
    assert members["root/.ssh"].mode == 0o700
    assert members["root/.ssh"].isdir()
    key = members["root/.ssh/authorized_keys"]
    assert (key.mode, key.uid, key.gid) == (0o600, 0, 0)


@pytest.mark.parametrize("key", [None, "", " \n"])
def test_without_a_key_pair_the_image_keeps_its_keys(key: str | None) -> None:
    assert guest.key_files(key) == []


def test_user_data_is_run_when_it_is_a_script_and_left_to_the_metadata_service_otherwise() -> None:
    script = b"#!/bin/sh\necho hello\n"
    assert guest.user_data_script(base64.b64encode(script).decode()) == script
    assert guest.user_data_script(base64.b64encode(b"#cloud-config\n").decode()) is None
    assert guest.user_data_script(None) is None
    assert unpacked(guest.user_data_files(script))[".nai/user-data"].mode == 0o700
    with pytest.raises(ValueError, match="user data is not Base64"):
        guest.user_data_script("a")


def test_settings_are_words_a_shell_reads_without_expanding() -> None:
    text = guest.BootSettings("33333333-3333-4333-8333-333333333333", 60, True, False, True).as_shell()
    assert text.splitlines() == [
        "instance=33333333-3333-4333-8333-333333333333",
        "wait_seconds=60",
        "start_sshd=yes",
        "new_ssh_host_keys=no",
        "run_user_data=yes",
    ]


@pytest.mark.parametrize("path", ["etc/x", "/../etc/x", "/a/../../x", "/", "/.nai/boot", "//.nai/settings"])
def test_an_injected_file_stays_in_the_instance_and_out_of_the_drivers_files(path: str) -> None:
    with pytest.raises(ValueError, match="injected file"):
        guest.injected_files([(path, b"x")])


def test_injected_files_come_last_so_they_win() -> None:
    files = [*guest.key_files("k"), *guest.injected_files([("/root/.ssh/authorized_keys", "mine")])]
    with tarfile.open(fileobj=io.BytesIO(guest.archive(files))) as tar:
        last = tar.getmembers()[-1]
        content = tar.extractfile(last)
        assert content is not None
        assert (last.name, content.read(), last.mode) == ("root/.ssh/authorized_keys", b"mine", 0o600)
