"""Limits out of the files of control groups, versions 1 and 2."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.nubomedia.nai.plugins.module_utils.cgroup_limits import limits_of
from ansible_collections.nubomedia.nai.plugins.modules.compute_host_state import contains, mounts


def write(root: Path, files: dict[str, str]) -> None:
    """Writes files below a directory."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


V1 = "12:pids:/docker/abc\n4:memory:/docker/abc\n3:cpu,cpuacct:/docker/abc\n0::/docker/abc\n"


@pytest.mark.parametrize("folder", ["cpu", "cpu,cpuacct"])
def test_version_1(tmp_path: Path, folder: str) -> None:
    write(
        tmp_path,
        {
            "proc/7/cgroup": V1,
            "sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes": "536870912\n",
            f"sys/fs/cgroup/{folder}/docker/abc/cpu.cfs_quota_us": "200000\n",
            f"sys/fs/cgroup/{folder}/docker/abc/cpu.cfs_period_us": "100000\n",
        },
    )
    assert limits_of(7, tmp_path) == (536870912, 2.0)


def test_version_1_without_limits(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "proc/7/cgroup": V1,
            "sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes": "9223372036854771712\n",
            "sys/fs/cgroup/cpu/docker/abc/cpu.cfs_quota_us": "-1\n",
            "sys/fs/cgroup/cpu/docker/abc/cpu.cfs_period_us": "100000\n",
        },
    )
    assert limits_of(7, tmp_path) == (None, None)


@pytest.mark.parametrize(
    ("memory", "processors", "expected"),
    [("536870912", "150000 100000", (536870912, 1.5)), ("max", "max 100000", (None, None))],
)
def test_version_2(tmp_path: Path, memory: str, processors: str, expected: tuple[int | None, float | None]) -> None:
    write(
        tmp_path,
        {
            "proc/7/cgroup": "0::/system.slice/docker-abc.scope\n",
            "sys/fs/cgroup/system.slice/docker-abc.scope/memory.max": memory,
            "sys/fs/cgroup/system.slice/docker-abc.scope/cpu.max": processors,
        },
    )
    assert limits_of(7, tmp_path) == expected


def test_a_process_that_is_gone(tmp_path: Path) -> None:
    assert limits_of(7, tmp_path) == (None, None)


def test_names_of_devices_are_found_by_the_first_eleven_characters_of_an_id() -> None:
    port = "0d3ab2d7-5d0a-4d4c-8d2b-1f4d4c0c7b11"
    assert contains({"links": ["tap0d3ab2d7-5d"]}, [port])
    assert not contains({"links": ["lo"], "images": [f"glance:{port}"]}, [port])


def test_mounts_of_instances() -> None:
    text = "overlay / overlay rw 0 0\noverlay /var/lib/docker/overlay2/x/merged overlay rw 0 0\n"
    assert mounts(text) == ["/var/lib/docker/overlay2/x/merged"]
