"""Makes and removes the scenario's hosts and its mirror on this machine's engine: `hosts.py up`, `hosts.py down`.

The hosts are made from the embedded hosts' base image and dressed as CentOS 7; nothing of a testbed is touched. The
networks have no way out: whatever an installation fetches comes from the mirror.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
import tarfile
import time
from collections.abc import Sequence
from pathlib import Path

import mirror

from nai.installer.testbed.engine import Engine
from nai.installer.testbed.hosts import CAPABILITIES
from nai.installer.testbed.image import ensure_base
from nai.installer.testbed.keys import ensure_key, known_hosts, public_key, write_private
from nai.installer.testbed.ownership import this_checkout
from nai.installer.testbed.recipe import base_recipe

SCENARIO = Path(__file__).parents[1]
LABEL = "nai.molecule=kilo"
PREFIX = "nai-kilo"
# The engine numbers a container's NICs by network name.
NETWORKS = {"1-management": "172.29.90", "2-tunnel": "172.29.91", "3-external": "172.29.92"}
HOSTS = {"master1": 10, "blade01": 101, "blade02": 102, "blade21": 121}
MIRROR = f"{NETWORKS['1-management']}.5"
BOOT_SECONDS = 60

OS_RELEASE = 'NAME="CentOS Linux"\nVERSION="7 (Core)"\nID="centos"\nID_LIKE="rhel fedora"\nVERSION_ID="7"\n'
# Of the stock file, nothing answers any more.
STOCK_REPOSITORIES = (
    "[base]\nname=CentOS-7\nbaseurl=http://192.0.2.1/centos/7/os/x86_64\ngpgcheck=1\ngpgkey=file:///key\n"
)
INSTALLED = {"python": {"name": "python", "version": "2.7.5", "release": "18.el7_1.1", "arch": "x86_64"}}


def links() -> dict[str, str]:
    """Programs that CentOS 7 has from the start, by path."""
    below = "/usr/local/lib/stand-ins"
    links = {f"/usr/bin/{name}": f"{below}/{name}.py" for name in ("rpm", "yum")}
    return links | {
        f"/usr/sbin/{name}": f"{below}/iptables.py" for name in ("iptables", "iptables-save", "iptables-restore")
    }


def dress(name: str, keys: Path) -> bytes:
    """Returns a tar of what makes a host of the base image a CentOS 7 of that name."""
    texts: list[tuple[str, str, int]] = [
        ("/etc/os-release", OS_RELEASE, 0o644),
        ("/etc/centos-release", "CentOS Linux release 7.1.1503 (Core)\n", 0o644),
        ("/etc/yum.repos.d/CentOS-Base.repo", STOCK_REPOSITORIES, 0o644),
        ("/var/lib/stand-ins/packages.json", json.dumps(INSTALLED), 0o644),
        ("/usr/lib/tmpfiles.d/stand-ins.conf", "d /run/stand-ins 1777\n", 0o644),
        # The image's own file forbids root, who logs in to Kilo's hosts; the first value wins.
        ("/etc/ssh/sshd_config.d/00-kilo.conf", "PermitRootLogin prohibit-password\n", 0o644),
        ("/etc/ssh/ssh_host_ed25519_key", (keys / name).read_text(), 0o600),
        ("/etc/ssh/ssh_host_ed25519_key.pub", public_key(keys / name) + "\n", 0o644),
        ("/root/.ssh/authorized_keys", public_key(keys / "client") + "\n", 0o600),
    ]
    programs = sorted((SCENARIO / "stand_ins").glob("*.py"))
    texts += [(f"/usr/local/lib/stand-ins/{file.name}", file.read_text(), 0o755) for file in programs]
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for directory in ("root/.ssh", "etc/yum.repos.d", "var/lib/stand-ins"):
            entry = tarfile.TarInfo(directory)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o700 if directory.endswith(".ssh") else 0o755
            archive.addfile(entry)
        for path, text, mode in texts:
            entry = tarfile.TarInfo(path.lstrip("/"))
            entry.size, entry.mode = len(text.encode()), mode
            archive.addfile(entry, io.BytesIO(text.encode()))
        for path, target in links().items():
            entry = tarfile.TarInfo(path.lstrip("/"))
            entry.type, entry.linkname = tarfile.SYMTYPE, target
            archive.addfile(entry)
    return buffer.getvalue()


def start_host(engine: Engine, name: str, image: str, keys: Path) -> None:
    """Makes and starts one host."""
    number = HOSTS[name]
    first, *others = NETWORKS.items() if name == "master1" else list(NETWORKS.items())[:2]
    options = ["--name", f"{PREFIX}-{name}", "--hostname", name, "--label", LABEL]
    options += ["--network", f"{PREFIX}-{first[0]}", "--ip", f"{first[1]}.{number}"]
    options += [word for capability in CAPABILITIES for word in ("--cap-add", capability)]
    options += [
        "--security-opt",
        "seccomp=unconfined",
        "--security-opt",
        "apparmor=unconfined",
        "--cgroupns",
        "private",
    ]
    # An anonymous volume: precheck wants a filesystem there that an engine can use.
    options += ["--volume", "/var/lib/docker", "--tmpfs", "/run", "--tmpfs", "/run/lock", "--stop-signal", "SIGRTMIN+3"]
    engine("create", *options, image)
    engine("cp", "-", f"{PREFIX}-{name}:/", stdin=dress(name, keys))
    for network, prefix in others:
        engine("network", "connect", "--ip", f"{prefix}.{number}", f"{PREFIX}-{network}", f"{PREFIX}-{name}")
    engine("start", f"{PREFIX}-{name}")


def wait_for_boot(engine: Engine, names: Sequence[str]) -> None:
    """Returns when every host has booted."""
    deadline = time.monotonic() + BOOT_SECONDS
    for name in names:
        question = "systemctl is-system-running --wait 2>/dev/null || true"
        while (state := engine("exec", f"{PREFIX}-{name}", "sh", "-c", question).strip()) != "running":
            if state == "degraded" or time.monotonic() > deadline:
                failed = engine("exec", f"{PREFIX}-{name}", "systemctl", "list-units", "--failed", "--plain")
                sys.exit(f"{name} is {state or 'not up'} after its boot:\n{failed}")
            time.sleep(0.2)


def up(state: Path) -> None:
    """Makes everything."""
    engine, recipe, keys = Engine(), base_recipe(), state / "keys"
    engine.ensure_running()
    ensure_base(engine, this_checkout(), recipe)
    for name in ("client", *HOSTS):
        ensure_key(keys / name, name)
    addresses = {name: f"{NETWORKS['1-management']}.{number}" for name, number in HOSTS.items()}
    write_private(keys / "known_hosts", known_hosts({name: public_key(keys / name) for name in HOSTS}, addresses))
    for directory in ("blades", "facts", "mirror"):  # of an earlier time
        shutil.rmtree(state / directory, ignore_errors=True)
    shutil.copytree(SCENARIO / "blades", state / "blades")
    for network, prefix in NETWORKS.items():
        engine("network", "create", "--internal", "--subnet", f"{prefix}.0/24", "--label", LABEL, f"{PREFIX}-{network}")
    mirror.build(state / "mirror")
    engine(
        *("run", "--detach", "--name", f"{PREFIX}-mirror", "--label", LABEL, "--ip", MIRROR),
        *("--network", f"{PREFIX}-1-management", "--volume", f"{state / 'mirror'}:/mirror:ro", recipe.tag),
        *("python3", "-m", "http.server", "--directory", "/mirror", "80"),
    )
    for name in HOSTS:
        start_host(engine, name, recipe.tag, keys)
    wait_for_boot(engine, list(HOSTS))


def down() -> None:
    """Removes everything."""
    engine = Engine()
    if not engine.answers():
        return
    for name in engine.names("container", LABEL):
        engine("rm", "--force", "--volumes", name)
    for name in engine.names("network", LABEL):
        engine("network", "rm", name)


if __name__ == "__main__":
    if sys.argv[1] == "up":
        up(Path(os.environ["MOLECULE_EPHEMERAL_DIRECTORY"]))
    else:
        down()
