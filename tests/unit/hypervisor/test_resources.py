"""Capacity of a host."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nai.hypervisor import resources

INFO = {"NCPU": 8, "MemTotal": 16 << 30, "DockerRootDir": "/"}


def test_without_limits_the_machine_counts(tmp_path: Path) -> None:
    host = resources.host(INFO, tmp_path)
    assert (host.vcpus, host.memory_mb) == (8, 16384)
    assert 0 <= host.disk_free_gb <= host.disk_gb


@pytest.mark.parametrize(
    ("files", "vcpus", "memory_mb"),
    [
        ({"memory.max": "4294967296", "cpu.max": "250000 100000"}, 2, 4096),
        ({"memory.max": "max", "cpu.max": "max 100000"}, 8, 16384),
        (
            {
                "memory/memory.limit_in_bytes": "4294967296",
                "cpu/cpu.cfs_quota_us": "50000",
                "cpu/cpu.cfs_period_us": "100000",
            },
            1,
            4096,
        ),
        ({"memory/memory.limit_in_bytes": "9223372036854771712", "cpu/cpu.cfs_quota_us": "-1"}, 8, 16384),
    ],
    ids=["v2", "v2 unlimited", "v1", "v1 unlimited"],
)
def test_the_hosts_own_control_groups_bound_it(
    tmp_path: Path, files: dict[str, str], vcpus: int, memory_mb: int
) -> None:
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{content}\n")
    host = resources.host(INFO, tmp_path)
    assert (host.vcpus, host.memory_mb) == (vcpus, memory_mb)


hosts = st.builds(
    resources.Host,
    vcpus=st.integers(1, 512),
    memory_mb=st.integers(1, 1 << 24),
    disk_gb=st.integers(0, 1 << 20),
    disk_free_gb=st.just(0),
)
flavours = st.lists(st.tuples(st.integers(1, 64), st.integers(6, 1 << 18)), max_size=20)


@given(host=hosts, flavours=flavours, reserved=st.integers(0, 4096))
def test_what_is_used_is_the_sum_of_what_was_promised(
    host: resources.Host, flavours: list[tuple[int, int]], reserved: int
) -> None:
    limits = [{"CpuQuota": v * 100_000, "CpuPeriod": 100_000, "Memory": m << 20} for v, m in flavours]
    found = resources.available(host, limits, "compute1", "26.1.5", [], reserved)
    assert found["vcpus_used"] == sum(vcpus for vcpus, _ in flavours)
    assert found["memory_mb_used"] == reserved + sum(memory for _, memory in flavours)
    assert found["local_gb_used"] + found["disk_available_least"] == found["local_gb"]


@given(
    host=hosts,
    reserved=st.fixed_dictionaries({name: st.integers(0, 1 << 25) for name in ("VCPU", "MEMORY_MB", "DISK_GB")}),
)
def test_the_inventory_agrees_with_the_resources_and_is_one_placement_takes(
    host: resources.Host, reserved: dict[str, int]
) -> None:
    ratios = {"VCPU": 8.0, "MEMORY_MB": 1.0, "DISK_GB": 1.0}
    inventory = resources.inventory(host, ratios, reserved)
    available = resources.available(host, [], "compute1", "26.1.5", [], 0)
    for name, key in (("VCPU", "vcpus"), ("MEMORY_MB", "memory_mb"), ("DISK_GB", "local_gb")):
        if available[key] == 0:
            assert name not in inventory
            continue
        entry = inventory[name]
        assert entry["total"] == entry["max_unit"] == available[key]
        assert 0 <= entry["reserved"] <= entry["total"]
        assert entry["allocation_ratio"] == ratios[name]


def test_a_container_without_a_cpu_limit_counts_no_cpu() -> None:
    host = resources.Host(1, 1, 1, 1)
    assert resources.available(host, [{"Memory": 0, "CpuPeriod": 0, "CpuQuota": 0}], "h", "1", [], 0)["vcpus_used"] == 0


@pytest.mark.parametrize(
    ("version", "number"),
    [("26.1.5+dfsg1", 26001005), ("20.10.24", 20010024), ("27", 27000000), ("28.0.0~rc1", 28000000)],
)
def test_versions_are_numbers_that_grow(version: str, number: int) -> None:
    assert resources.version_number(version) == number
