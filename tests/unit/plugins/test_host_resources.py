"""Memory, processors and file systems, bounded by control groups."""

import os
from pathlib import Path

import pytest
from ansible_collections.nubomedia.nai.plugins.module_utils import host_resources

GIB = 1024**3


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A machine with 8 GiB whose process lives in /a/b."""
    write(tmp_path / "proc/meminfo", f"MemFree: 1 kB\nMemTotal:       {8 * GIB // 1024} kB\n")
    write(tmp_path / "proc/self/cgroup", "0::/a/b\n")
    return tmp_path


def write(path: Path, text: str) -> None:
    """Writes a file and its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_a_machine_without_control_groups(root: Path) -> None:
    assert host_resources.cgroup_version(root) == 1
    assert host_resources.memory_mb(root) == 8192


def test_version_2_takes_the_least_limit_above(root: Path) -> None:
    write(root / "sys/fs/cgroup/cgroup.controllers", "memory cpu")
    write(root / "sys/fs/cgroup/a/memory.max", f"{2 * GIB}\n")
    write(root / "sys/fs/cgroup/a/b/memory.max", "max\n")
    assert host_resources.cgroup_version(root) == 2
    assert host_resources.memory_mb(root) == 2048


def test_version_1(root: Path) -> None:
    write(root / "proc/self/cgroup", "5:cpu,cpuacct:/x\n4:memory:/a/b\n")
    write(root / "sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n")
    assert host_resources.memory_mb(root) == 8192
    write(root / "sys/fs/cgroup/memory/memory.limit_in_bytes", f"{GIB}\n")
    assert host_resources.memory_mb(root) == 1024


def test_a_container_that_sees_the_path_outside(root: Path) -> None:
    write(root / "proc/self/cgroup", "4:memory:/docker/0123/../..\n")
    write(root / "sys/fs/cgroup/memory/memory.limit_in_bytes", f"{GIB}\n")
    assert host_resources.memory_mb(root) == 1024


def test_processors(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: set(range(8)))
    assert host_resources.cpu_count(root) == 8
    write(root / "proc/self/cgroup", "5:cpu,cpuacct:/\n")
    write(root / "sys/fs/cgroup/cpu/cpu.cfs_quota_us", "150000\n")
    write(root / "sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n")
    assert host_resources.cpu_count(root) == 2
    write(root / "sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n")
    assert host_resources.cpu_count(root) == 8
    write(root / "sys/fs/cgroup/cgroup.controllers", "cpu")
    write(root / "proc/self/cgroup", "0::/\n")
    write(root / "sys/fs/cgroup/cpu.max", "50000 100000\n")
    assert host_resources.cpu_count(root) == 1
    write(root / "sys/fs/cgroup/cpu.max", "max 100000\n")
    assert host_resources.cpu_count(root) == 8


def test_free_space_of_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    assert host_resources.disk_free_gb(str(tmp_path / "a" / "b")) == pytest.approx(
        host_resources.disk_free_gb(str(tmp_path)), abs=1
    )


def test_file_system_by_device_or_by_mount_point(tmp_path: Path) -> None:
    device = tmp_path.stat().st_dev
    other = f"1 0 0:9999 / / rw - overlay overlay rw\n2 1 0:9998 / {tmp_path} rw - btrfs /dev/x rw\n"
    write(tmp_path / "proc/self/mountinfo", other)
    assert host_resources.filesystem(str(tmp_path / "a"), tmp_path) == "btrfs"
    own = f"3 1 {os.major(device)}:{os.minor(device)} / / rw - ext4 /dev/y rw\n"
    write(tmp_path / "proc/self/mountinfo", other + own)
    assert host_resources.filesystem(str(tmp_path / "a"), tmp_path) == "ext4"


@pytest.mark.parametrize(
    ("kind", "works"), [("ext4", True), ("xfs", True), ("overlay", False), ("fuse.sshfs", False), ("", False)]
)
def test_docker_storage(kind: str, works: bool) -> None:
    assert host_resources.holds_docker_storage(kind) is works
