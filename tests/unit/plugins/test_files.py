"""Files are replaced in one step, with their final owner and mode."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.nubomedia.nai.plugins.module_utils import files

MINE = files.Attributes(os.geteuid(), os.getegid(), 0o640)


def test_a_file_gets_content_and_mode(tmp_path: Path) -> None:
    target = tmp_path / "a.conf"
    files.replace(str(target), b"new", MINE)
    assert target.read_bytes() == b"new"
    assert files.Attributes.of(str(target), follow=False) == MINE
    assert [path.name for path in tmp_path.iterdir()] == ["a.conf"]


def test_a_link_is_replaced_not_followed(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("keep")
    link = tmp_path / "link"
    link.symlink_to("real")
    files.replace(str(link), b"new", MINE)
    assert not link.is_symlink()
    assert (tmp_path / "real").read_text() == "keep"


def test_what_a_killed_run_left_is_removed(tmp_path: Path) -> None:
    (tmp_path / ".a.conf.nai-new-x1").write_text("half")
    (tmp_path / ".b.conf.nai-new-x1").write_text("of another file")
    files.replace(str(tmp_path / "a.conf"), b"new", MINE)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".b.conf.nai-new-x1", "a.conf"]


def test_nothing_is_left_when_the_replacement_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match="No space left"):
        files.replace(str(tmp_path / "a.conf"), b"new", MINE)
    assert not list(tmp_path.iterdir())


def test_a_mount_point_is_written_in_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "hosts"
    target.write_text("a much longer text than the new one")
    inode = target.stat().st_ino

    def busy(*_args: Any) -> None:
        raise OSError(errno.EBUSY, "Device or resource busy")

    monkeypatch.setattr(Path, "rename", busy)
    files.replace(str(target), b"new", MINE)
    assert target.read_bytes() == b"new"
    assert target.stat().st_ino == inode


def test_other_errors_of_the_rename_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: Any) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(OSError, match="Read-only"):
        files.replace(str(tmp_path / "a"), b"new", MINE)


def test_a_directory_is_made_with_its_parents(tmp_path: Path) -> None:
    target = tmp_path / "a" / "b"
    files.make_directory(str(target), files.Attributes(MINE.uid, MINE.gid, 0o700))
    files.make_directory(str(target), files.Attributes(MINE.uid, MINE.gid, 0o750))
    assert target.stat().st_mode & 0o777 == 0o750


def test_files_links_and_empty_directories_are_removed(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("folder")
    for name in ("link", "file", "folder"):
        files.remove(str(tmp_path / name))
    assert not list(tmp_path.iterdir())


def test_nothing_has_no_attributes(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert files.Attributes.of(str(tmp_path / "none"), follow=True) is None
    assert files.Attributes.of(str(tmp_path / "file" / "below"), follow=True) is None


@pytest.mark.parametrize(("mode", "bits"), [("0640", 0o640), ("755", 0o755), (0o600, 0o600), ("1777", 0o1777)])
def test_modes(mode: str | int, bits: int) -> None:
    assert files.Attributes.named(None, None, mode) == files.Attributes(MINE.uid, MINE.gid, bits)


@pytest.mark.parametrize("mode", ["u=rw", "0999", "", True, None, "07777777"])
def test_a_mode_that_is_none(mode: Any) -> None:
    with pytest.raises(ValueError, match="octal"):
        files.Attributes.named(None, None, mode)


def test_owner_and_group_by_name_and_number() -> None:
    assert files.Attributes.named("root", "root", "0644") == files.Attributes(0, 0, 0o644)
    assert files.Attributes.named("12", "34", "0644") == files.Attributes(12, 34, 0o644)
    with pytest.raises(LookupError, match="no user 'of-this-name'"):
        files.Attributes.named("of-this-name", "root", "0644")
    with pytest.raises(LookupError, match="no group 'of-this-name'"):
        files.Attributes.named("root", "of-this-name", "0644")
