"""Containers as bodies of instances: what to ask of the engine, and finding them again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import names
from .engine import NotFound

if TYPE_CHECKING:
    from .command import Command
    from .engine import Engine

CAPABILITIES = (
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "NET_BIND_SERVICE",
    "NET_RAW",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
)
"""What a machine's root needs for services, logins and ping, inside its own namespaces. NET_RAW is harmless on the
wire, because Neutron's port security drops what does not come from the port's own addresses. NET_ADMIN is left out: the
driver configures the network from outside, and the capability opens the kernel's packet filters and queueing
disciplines, the richest source of container escapes; an operator may add it. MKNOD and SETFCAP of Docker's own set are
of no use here."""

CPU_PERIOD_MICROSECONDS = 100_000

_BOOT = ("/bin/sh", f"{names.IN_GUEST}/boot")


@dataclass(frozen=True)
class Limits:
    """What a flavour allows.

    Attributes:
        vcpus: CPUs, as CPU time.
        memory_mb: Memory; there is no swap beyond it.
        disk_gb: Writable layer; 0 means no limit.
        pids: Processes and threads.
    """

    vcpus: int
    memory_mb: int
    disk_gb: int
    pids: int


@dataclass(frozen=True)
class Body:
    """Everything a container is created from.

    Attributes:
        instance_uuid: UUID of the instance.
        instance_name: Nova's name of it.
        hostname: Host name inside.
        image_id: Glance's id of the image.
        engine_image: The engine's id of the image.
        command: What it runs.
        limits: Limits of the flavour.
        console_kb: How much console output is kept, in KB.
        extra_capabilities: Capabilities beyond `CAPABILITIES`.
        no_new_privileges: Setuid programs are without effect.
    """

    instance_uuid: str
    instance_name: str
    hostname: str
    image_id: str
    engine_image: str
    command: Command
    limits: Limits
    console_kb: int
    extra_capabilities: tuple[str, ...] = ()
    no_new_privileges: bool = True


def create_request(body: Body, gated: bool) -> dict[str, Any]:
    """Returns the body of the engine's request "create a container".

    Nothing of the host is mounted and no secret stands in it: the engine shows a container's definition to whoever
    asks. CPU limits are a quota, not NanoCpus, which the engine refuses beyond the host's number of CPUs.

    Args:
        body: What it is made from.
        gated: The driver's boot script comes before the command.
    """
    entrypoint = list(body.command.argv)
    if gated:
        entrypoint = [*_BOOT, *entrypoint]
    memory_bytes = body.limits.memory_mb * 1024 * 1024
    host_config: dict[str, Any] = {
        "NetworkMode": "none",
        "Init": not body.command.has_own_init,
        "Memory": memory_bytes,
        "MemorySwap": memory_bytes,
        "CpuPeriod": CPU_PERIOD_MICROSECONDS,
        "CpuQuota": body.limits.vcpus * CPU_PERIOD_MICROSECONDS,
        "CpuShares": body.limits.vcpus * 1024,
        "PidsLimit": body.limits.pids,
        "CapDrop": ["ALL"],
        "CapAdd": sorted({*CAPABILITIES, *(name.upper().removeprefix("CAP_") for name in body.extra_capabilities)}),
        "SecurityOpt": ["no-new-privileges:true"] if body.no_new_privileges else [],
        "LogConfig": {
            "Type": "json-file",
            "Config": {"max-size": f"{max(body.console_kb // 2, 8)}k", "max-file": "2"},
        },
        "RestartPolicy": {"Name": "no"},
    }
    if body.limits.disk_gb:
        host_config["StorageOpt"] = {"size": f"{body.limits.disk_gb}G"}
    return {
        "Image": body.engine_image,
        "Hostname": body.hostname,
        "Entrypoint": entrypoint,
        "Cmd": [],
        # A console is a terminal: programs write line by line, and a shell as the command waits for input instead of
        # ending.
        "Tty": True,
        "OpenStdin": True,
        "Labels": {
            names.LABEL_INSTANCE: body.instance_uuid,
            names.LABEL_NAME: body.instance_name,
            names.LABEL_IMAGE: body.image_id,
        },
        "HostConfig": host_config,
    }


def without_boot(entrypoint: list[str]) -> list[str]:
    """Returns the command of a container without the boot script in front of it."""
    return entrypoint[len(_BOOT) :] if tuple(entrypoint[: len(_BOOT)]) == _BOOT else entrypoint


def find(engine: Engine, instance_uuid: str) -> dict[str, Any] | None:
    """Returns the engine's description of an instance's container, None when there is none."""
    try:
        found: dict[str, Any] = engine.client.inspect_container(names.container_name(instance_uuid))
    except NotFound:
        return None
    # A foreign container may have the name; only the label makes it the instance's.
    return found if label_of(found, names.LABEL_INSTANCE) == instance_uuid else None


def label_of(container: dict[str, Any], label: str) -> str:
    """Returns a label of a container, from its long or its short description; empty when it has none."""
    labels = container.get("Labels") or (container.get("Config") or {}).get("Labels") or {}
    return str(labels.get(label) or "")


def host_configs(engine: Engine) -> list[dict[str, Any]]:
    """Returns the limits of all containers that are instances; one that goes meanwhile is left out."""
    found = []
    for one in all_instances(engine):
        try:
            found.append(dict(engine.client.inspect_container(one["Id"])["HostConfig"]))
        except NotFound:
            continue
    return found


def all_instances(engine: Engine) -> list[dict[str, Any]]:
    """Returns the short descriptions of all containers that are instances, running or not."""
    found = engine.client.containers(all=True, filters={"label": names.LABEL_INSTANCE})
    return [one for one in found if names.UUID.fullmatch(label_of(one, names.LABEL_INSTANCE))]
