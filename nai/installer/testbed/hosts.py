"""A host is a container that runs systemd: how it is made, started and, when it is out of date, replaced."""

from __future__ import annotations

import io
import tarfile
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from nai.installer.testbed.cache import CONFIG_LABEL, PORT, cache_address
from nai.installer.testbed.command import CommandError
from nai.installer.testbed.connections import close_connections
from nai.installer.testbed.description import HostDescription
from nai.installer.testbed.engine import Engine
from nai.installer.testbed.keys import client_key, host_key, public_key
from nai.installer.testbed.network import Network
from nai.installer.testbed.ownership import Owner
from nai.installer.testbed.recipe import Recipe, digest

# Everything but what this needs no host for (modules, BPF, checkpoints) or what machines often lack themselves
# (SYS_RESOURCE): `--privileged` asks for all and is refused where one is missing.
CAPABILITIES = (
    *("AUDIT_CONTROL", "AUDIT_READ", "AUDIT_WRITE", "BLOCK_SUSPEND", "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH"),
    *("FOWNER", "FSETID", "IPC_LOCK", "IPC_OWNER", "KILL", "LEASE", "LINUX_IMMUTABLE", "MKNOD", "NET_ADMIN"),
    *("NET_BIND_SERVICE", "NET_BROADCAST", "NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYSLOG", "SYS_ADMIN"),
    *("SYS_BOOT", "SYS_CHROOT", "SYS_NICE", "SYS_PACCT", "SYS_PTRACE", "SYS_RAWIO", "SYS_TTY_CONFIG"),
)

MEMORY = {"controller": "6g", "compute": "4g", "operations": "2g"}
"""Upper bounds; together they fit a machine of 16 GB, and none is used up."""

HAS_DOCKER = {"compute"}
"""Groups with an engine of their own: its files need a real filesystem below, never the container's overlay."""

HAS_BRIDGE = {"controller"}
"""Groups whose NIC in the external network becomes part of Open vSwitch's bridge."""

DEPLOYED = "/var/lib/nai"
"""Exists on a host as soon as the main job has been there."""

USER_ID = 1000

OUTDATED = "kept although image or settings changed, for a cloud is on it (--recreate replaces it and loses that)"


def volume_name(owner: Owner, host: str) -> str:
    """Returns the name of the volume with the files of a host's own engine."""
    return owner.name(f"{host}-docker")


def create_arguments(
    owner: Owner,
    host: HostDescription,
    hosts: Sequence[HostDescription],
    networks: Mapping[str, Network],
    image: str,
) -> list[str]:
    """Returns the arguments of `docker create` for a host.

    Args:
        owner: Whose testbed.
        host: The host.
        hosts: All hosts; each knows the others by name.
        networks: Network role → network.
        image: Tag of its image.
    """
    arguments = ["--name", owner.name(host.name), "--hostname", host.name, "--label", owner.label]
    management = networks["management"].name
    arguments += ["--network", management, "--ip", str(host.addresses["management"]), "--network-alias", host.name]
    for other in hosts:
        arguments += ["--add-host", f"{other.name}:{other.addresses['management']}"] if other != host else []
    for capability in CAPABILITIES:
        arguments += ["--cap-add", capability]
    arguments += ["--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined"]
    arguments += ["--cgroupns", "private", "--tmpfs", "/run", "--tmpfs", "/run/lock", "--device", "/dev/net/tun"]
    arguments += ["--stop-signal", "SIGRTMIN+3", "--restart", "no", "--memory", MEMORY[host.group]]
    if host.group in HAS_DOCKER:
        arguments += ["--volume", f"{volume_name(owner, host.name)}:/var/lib/docker"]
    if "external" in host.addresses and host.group not in HAS_BRIDGE:
        arguments += ["--env", "NAI_COMPUTES_CHECKSUMS=1"]
    config = digest(
        {"create": "\n".join([*arguments, image]).encode(), "networks": repr(_others(host, networks)).encode()}
    )
    return [*arguments, "--label", f"{CONFIG_LABEL}={config}", image]


def _others(host: HostDescription, networks: Mapping[str, Network]) -> list[tuple[str, str]]:
    """Returns name and address of the networks a host joins besides management."""
    joined = ((networks[role].name, str(address)) for role, address in host.addresses.items() if role != "management")
    return sorted(joined)


def identity(owner: Owner, host: HostDescription, networks: Mapping[str, Network]) -> bytes:
    """Returns a tar of what makes a host itself: its keys, who may log in, its machine id, its package cache."""
    private = host_key(owner, host.name)
    cache = f"{cache_address(networks['management'])}:{PORT}"
    files: list[tuple[str, str, int, int]] = [
        ("etc/ssh/ssh_host_ed25519_key", private.read_text(), 0o600, 0),
        ("etc/ssh/ssh_host_ed25519_key.pub", public_key(private) + "\n", 0o644, 0),
        ("home/nai/.ssh/authorized_keys", public_key(client_key(owner)) + "\n", 0o600, USER_ID),
        ("etc/machine-id", uuid.uuid4().hex + "\n", 0o444, 0),
        ("etc/nai-host/apt-cache", cache, 0o644, 0),
    ]
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, text, mode, user in files:
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode, entry.uid, entry.gid = len(text.encode()), mode, user, user
            archive.addfile(entry, io.BytesIO(text.encode()))
    return buffer.getvalue()


def ensure_host(
    engine: Engine,
    owner: Owner,
    host: HostDescription,
    hosts: Sequence[HostDescription],
    networks: Mapping[str, Network],
    image: Recipe,
    *,
    recreate: bool = False,
) -> tuple[str, bool]:
    """Makes sure a host runs.

    One that was made for other settings or from another image is replaced when nothing was deployed on it, or when that
    is asked for; otherwise it stays as it is, and the outcome says so.

    Args:
        engine: The engine.
        owner: Whose testbed.
        host: The host.
        hosts: All hosts.
        networks: Network role → network; the engine has them.
        image: The image for its group; the engine has it.
        recreate: Replace it whatever it holds.

    Returns:
        What was done or is to know, and whether anything changed.
    """
    name = owner.name(host.name)
    arguments = create_arguments(owner, host, hosts, networks, image.tag)
    existing = engine.inspect("container", name)
    if existing is None:
        _make(engine, owner, host, networks, arguments)
        return "made", True
    outdated = f"{CONFIG_LABEL}={existing['Config']['Labels'].get(CONFIG_LABEL)}" not in arguments
    reason = ""
    if existing["State"]["Status"] in {"created", "dead", "removing"}:
        reason = "was left half-made"
    elif recreate:
        reason = "as asked"
    elif outdated and not _is_deployed(engine, name):
        reason = "image or settings changed"
    if reason:
        remove_host(engine, owner, host)
        _make(engine, owner, host, networks, arguments)
        return f"made again: {reason}", True
    done = _start(engine, host, networks, existing)
    return "; ".join(filter(None, [done, OUTDATED if outdated else ""])), bool(done)


def _make(
    engine: Engine, owner: Owner, host: HostDescription, networks: Mapping[str, Network], arguments: list[str]
) -> None:
    """Makes and starts a host. Starting comes last: a container that has run once is whole."""
    name = owner.name(host.name)
    if host.group in HAS_DOCKER:
        volume = volume_name(owner, host.name)
        if engine.inspect("volume", volume) is not None:
            engine("volume", "rm", volume)  # of an earlier host
        engine("volume", "create", "--label", owner.label, volume)
    engine("create", *arguments)
    engine("cp", "-", f"{name}:/", stdin=identity(owner, host, networks))
    for network, address in _others(host, networks):
        engine("network", "connect", "--ip", address, network, name)
    close_connections([str(host.addresses["management"])])
    engine("start", name)


def _start(engine: Engine, host: HostDescription, networks: Mapping[str, Network], existing: Mapping[str, Any]) -> str:
    """Starts a stopped host; a network that was made again since gets it back first.

    Returns:
        What was done, empty when it ran.
    """
    if existing["State"]["Paused"]:
        engine("unpause", existing["Id"])
        return "resumed"
    if existing["State"]["Running"]:
        return ""
    attached: Mapping[str, Mapping[str, Any]] = existing["NetworkSettings"]["Networks"]
    for role, address in host.addresses.items():
        network = networks[role]
        description = engine.inspect("network", network.name) or {}
        if attached.get(network.name, {}).get("NetworkID") != description.get("Id"):
            if network.name in attached:
                engine("network", "disconnect", "--force", network.name, existing["Id"])
            engine("network", "connect", "--ip", str(address), network.name, existing["Id"])
    close_connections([str(host.addresses["management"])])
    engine("start", existing["Id"])
    return "started"


def remove_host(engine: Engine, owner: Owner, host: HostDescription) -> None:
    """Removes a host and the volume of its engine."""
    close_connections([str(host.addresses["management"])])
    engine("rm", "--force", "--volumes", owner.name(host.name))
    if host.group in HAS_DOCKER and engine.inspect("volume", volume_name(owner, host.name)) is not None:
        engine("volume", "rm", volume_name(owner, host.name))


def _is_deployed(engine: Engine, container: str) -> bool:
    """Returns whether the main job has been on a host, running or not."""
    try:
        engine("cp", f"{container}:{DEPLOYED}", "-")
    except CommandError as error:
        if "could not find the file" in error.stderr.lower() or "no such" in error.stderr.lower():
            return False
        raise
    return True
