"""What the engine is asked to create."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from nai.hypervisor.command import Command
from nai.hypervisor.containers import Body, Limits, create_request


def body(**changes: Any) -> Body:
    values: dict[str, Any] = {
        "instance_uuid": "33333333-3333-4333-8333-333333333333",
        "instance_name": "instance-0000002a",
        "hostname": "web",
        "image_id": "11111111-1111-4111-8111-111111111111",
        "engine_image": "sha256:aa",
        "command": Command(("httpd", "-f")),
        "limits": Limits(vcpus=2, memory_mb=1024, disk_gb=0, pids=4096),
        "console_kb": 1024,
    }
    return Body(**values | changes)


@given(vcpus=st.integers(1, 256), memory_mb=st.integers(6, 1 << 20), pids=st.integers(16, 1 << 22))
def test_limits_are_those_of_the_flavour(vcpus: int, memory_mb: int, pids: int) -> None:
    request = create_request(body(limits=Limits(vcpus, memory_mb, 0, pids)), gated=True)["HostConfig"]
    assert request["Memory"] == request["MemorySwap"] == memory_mb * 1024 * 1024
    assert request["CpuQuota"] / request["CpuPeriod"] == vcpus
    assert request["PidsLimit"] == pids
    assert "StorageOpt" not in request


def test_an_instance_has_no_privileges_no_mounts_and_no_network_of_the_engine() -> None:
    request = create_request(body(), gated=True)
    host = request["HostConfig"]
    assert host["CapDrop"] == ["ALL"]
    assert not {"NET_ADMIN", "SYS_ADMIN", "MKNOD", "SYS_PTRACE", "SYS_MODULE"} & set(host["CapAdd"])
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert host["NetworkMode"] == "none"
    assert not {"Privileged", "Binds", "Mounts", "Devices", "PidMode", "IpcMode", "UsernsMode"} & host.keys()


def test_an_operator_may_add_capabilities_in_either_spelling() -> None:
    host = create_request(body(extra_capabilities=("net_admin", "CAP_SYS_NICE"), no_new_privileges=False), gated=True)
    assert {"NET_ADMIN", "SYS_NICE"} <= set(host["HostConfig"]["CapAdd"])
    assert host["HostConfig"]["SecurityOpt"] == []


def test_the_boot_script_comes_before_the_command_unless_the_image_has_no_shell() -> None:
    assert create_request(body(), gated=True)["Entrypoint"] == ["/bin/sh", "/.nai/boot", "httpd", "-f"]
    assert create_request(body(), gated=False)["Entrypoint"] == ["httpd", "-f"]


def test_the_engine_reaps_unless_the_image_does() -> None:
    assert create_request(body(), gated=True)["HostConfig"]["Init"] is True
    assert create_request(body(command=Command(("/sbin/init",))), gated=True)["HostConfig"]["Init"] is False


def test_the_disk_limit_is_asked_for_when_it_is_wanted() -> None:
    request = create_request(body(limits=Limits(1, 512, 20, 16)), gated=True)
    assert request["HostConfig"]["StorageOpt"] == {"size": "20G"}
    json.dumps(request)
