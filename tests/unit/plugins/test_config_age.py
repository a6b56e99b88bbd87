"""When configuration was written, against the start of a unit."""

import os
from pathlib import Path

from ansible_collections.nubomedia.nai.plugins.module_utils.config_age import KERNEL_TICK_US, SECOND_US, config_age

NOW_US = 2_000_000_000_000_000
WRITTEN_US = NOW_US - 500_123_456


def written(path: Path, at_us: int) -> Path:
    """Sets the time of a file."""
    if not path.exists():
        path.write_text("")
    os.utime(path, ns=(at_us * 1000, at_us * 1000))
    return path


def test_nothing_is_older_than_everything(tmp_path: Path) -> None:
    age = config_age([str(tmp_path / "none"), str(tmp_path / "*.conf")], NOW_US)
    assert not age.is_newer_than(1)


def test_a_file_written_before_and_after_the_start(tmp_path: Path) -> None:
    age = config_age([str(written(tmp_path / "a", WRITTEN_US))], NOW_US)
    assert age.newest_path == str(tmp_path / "a")
    assert age.is_newer_than(WRITTEN_US - 1)
    assert not age.is_newer_than(WRITTEN_US + KERNEL_TICK_US + 1)


def test_a_write_right_after_the_start_is_not_missed_though_the_kernel_stamps_late(tmp_path: Path) -> None:
    start_us = WRITTEN_US + 4_000  # the file's time is that of the tick before
    assert config_age([str(written(tmp_path / "a", WRITTEN_US))], NOW_US).is_newer_than(start_us)


def test_whole_seconds_are_taken_for_their_end(tmp_path: Path) -> None:
    second = WRITTEN_US // SECOND_US * SECOND_US
    age = config_age([str(written(tmp_path / "a", second))], NOW_US)
    assert age.is_newer_than(second + 900_000)
    assert not age.is_newer_than(second + SECOND_US + 1)  # after one restart there is no second one


def test_everything_in_a_directory_counts(tmp_path: Path) -> None:
    folder = tmp_path / "conf.d" / "deep"
    folder.mkdir(parents=True)
    cache = tmp_path / "__pycache__"
    cache.mkdir()
    written(cache / "x.pyc", WRITTEN_US + 900)
    written(folder / "a", WRITTEN_US)
    for path in (folder, folder.parent, tmp_path):
        written(path, WRITTEN_US - 10 * SECOND_US + 1)
    assert config_age([str(tmp_path)], NOW_US).newest_path == str(folder / "a")


def test_a_removal_from_a_directory_counts(tmp_path: Path) -> None:
    written(tmp_path / "a", WRITTEN_US - 5 * SECOND_US + 1)
    written(tmp_path, WRITTEN_US)
    assert config_age([str(tmp_path)], NOW_US).newest_path == str(tmp_path)


def test_globs(tmp_path: Path) -> None:
    written(tmp_path / "a.conf", WRITTEN_US)
    written(tmp_path / "b.txt", WRITTEN_US + SECOND_US)
    assert config_age([str(tmp_path / "*.conf")], NOW_US).newest_path == str(tmp_path / "a.conf")


def test_a_link_counts_with_what_it_points_to(tmp_path: Path) -> None:
    written(tmp_path / "real", WRITTEN_US)
    link = tmp_path / "link"
    link.symlink_to("real")
    os.utime(link, ns=(1_000_001, 1_000_001), follow_symlinks=False)
    assert config_age([str(link)], NOW_US).newest_us == WRITTEN_US + KERNEL_TICK_US
    (tmp_path / "real").unlink()
    assert config_age([str(link)], NOW_US).newest_us == 0


def test_a_time_of_the_future_is_told_by_the_moment_the_file_was_put_there(tmp_path: Path) -> None:
    path = written(tmp_path / "a", NOW_US * 2)
    age = config_age([str(path)])
    assert age.from_the_future == []
    assert age.newest_us <= path.stat().st_ctime_ns // 1000 + SECOND_US


def test_when_the_clock_was_wrong_altogether_it_is_told_and_does_not_restart(tmp_path: Path) -> None:
    age = config_age([str(written(tmp_path / "a", WRITTEN_US))], 1_000_000)
    assert age.from_the_future == [str(tmp_path / "a")]
    assert not age.is_newer_than(1)
