"""Whether this machine can carry the hosts, asked before anything is made."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

from nai.installer.testbed.errors import TestbedError

NEEDED_GB = 8
"""Free space for the images, the package cache and a deployed cloud, in 10⁹ bytes."""

NEEDED_MEMORY_GB = 8
"""A controller takes 4, each compute host 1 before its instances; in 10⁹ bytes."""

NEEDED_COMMANDS = {
    "debootstrap": "debootstrap",
    "dockerd": "docker.io",
    "docker": "docker.io",
    "ethtool": "ethtool",
    "ip": "iproute2",
    "iptables": "iptables",
    "setpriv": "util-linux",
    "ssh": "openssh-client",
    "ssh-keygen": "openssh-client",
    "unshare": "util-linux",
    "zstd": "zstd",
}
"""Program → Debian package that brings it."""

CAP_NET_ADMIN, CAP_SYS_ADMIN = 12, 21  # linux/capability.h


def check_machine() -> None:
    """Checks user, programs, capabilities, devices and memory.

    Raises:
        TestbedError: With every problem found, one a line.
    """
    memory = memory_problems(Path("/proc/meminfo").read_text())
    problems = [*_user_and_capabilities(), *_programs(), *_tun(), *memory]
    if problems:
        raise TestbedError("this machine cannot carry the testbed:\n  " + "\n  ".join(problems))


def has_capability(status: str, number: int) -> bool:
    """Returns whether /proc/<pid>/status grants a capability.

    Args:
        status: The file's text.
        number: The capability's number in linux/capability.h.
    """
    for line in status.splitlines():
        if line.startswith("CapEff:"):
            return bool(int(line.split()[1], 16) >> number & 1)
    return False


def _user_and_capabilities() -> list[str]:
    if os.geteuid() != 0:
        return ["not root: containers with their own systemd need it; run the command as root (for instance with sudo)"]
    status = Path("/proc/self/status").read_text()
    return [
        f"CAP_{name} is missing: a container or sandbox without it cannot start hosts; use a virtual or real machine"
        for name, number in (("SYS_ADMIN", CAP_SYS_ADMIN), ("NET_ADMIN", CAP_NET_ADMIN))
        if not has_capability(status, number)
    ]


def _programs() -> list[str]:
    missing = sorted({package for command, package in NEEDED_COMMANDS.items() if shutil.which(command) is None})
    return [f"packages missing: {' '.join(missing)}; scripts/bootstrap.sh installs them"] if missing else []


def _tun() -> list[str]:
    device = Path("/dev/net/tun")
    if not device.exists() and os.geteuid() == 0:
        device.parent.mkdir(exist_ok=True)
        os.mknod(device, stat.S_IFCHR | 0o666, os.makedev(10, 200))  # Documentation/networking/tuntap.rst
    try:
        os.close(os.open(device, os.O_RDWR))
    except PermissionError:
        return []  # not root; said already
    except OSError as error:
        return [
            f"{device} does not open ({error.strerror}): the kernel lacks TUN, which Open vSwitch's userspace needs"
        ]
    return []


def memory_problems(meminfo: str) -> list[str]:
    """Returns what is wrong with the machine's memory, from the text of /proc/meminfo."""
    total = next(int(line.split()[1]) for line in meminfo.splitlines() if line.startswith("MemTotal:")) * 1024 / 1e9
    if total < NEEDED_MEMORY_GB:
        return [f"{total:.1f} GB of memory, {NEEDED_MEMORY_GB} GB are needed for a cloud on four hosts"]
    return []


def check_space(cache: Path) -> None:
    """Checks that there is room for making images; hosts that exist start without.

    Args:
        cache: Directory of the shared cache; it need not exist yet.

    Raises:
        TestbedError: There is too little, with the directory.
    """
    problems = []
    seen: set[int] = set()
    for directory in (Path("/var/lib/docker"), cache):
        existing = next(path for path in (directory, *directory.parents) if path.exists())
        if (device := existing.stat().st_dev) in seen:
            continue
        seen.add(device)
        free = shutil.disk_usage(existing).free / 1e9
        if free < NEEDED_GB:
            problems.append(f"{existing} has {free:.1f} GB free, {NEEDED_GB} GB are needed; free some space there")
    if problems:
        raise TestbedError("\n".join(problems))
