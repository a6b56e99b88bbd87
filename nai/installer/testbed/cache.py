"""The package cache: one container on the management network that fetches every Debian package once."""

from __future__ import annotations

import socket
import time

from nai.installer.testbed.engine import Engine
from nai.installer.testbed.network import Network
from nai.installer.testbed.ownership import Owner
from nai.installer.testbed.recipe import Recipe, digest

PORT = 3142
CONFIG_LABEL = "nai.config"

# Only what is asked for: the packaged settings would send known mirrors' names to a mirror of their own choice.
START = r"""
set -eu
directory=/etc/nai-host/apt-cacher-ng
mkdir -p $directory
cat >$directory/acng.conf <<EOF
ForeGround: 1
Port: $1
CacheDir: /var/cache/apt-cacher-ng
LogDir: /var/log/apt-cacher-ng
SupportDir: /usr/lib/apt-cacher-ng
ExThreshold: 4
VerboseLog: 0
${2:+Proxy: $2}
EOF
install -d -o apt-cacher-ng -g apt-cacher-ng /var/log/apt-cacher-ng /run/apt-cacher-ng
cd /var/cache/apt-cacher-ng
[ "$(stat -c %U .)" = apt-cacher-ng ] || chown -R apt-cacher-ng:apt-cacher-ng .
exec setpriv --reuid apt-cacher-ng --regid apt-cacher-ng --clear-groups apt-cacher-ng -c $directory
"""


def cache_address(network: Network) -> str:
    """Returns the package cache's address on the management network: the second one, after the machine's."""
    return str(network.subnet.network_address + 2)


def cache_answers(network: Network) -> bool:
    """Returns whether the package cache takes connections within ten seconds."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            socket.create_connection((cache_address(network), PORT), timeout=2).close()
        except OSError:
            time.sleep(0.1)
        else:
            return True
    return False


def ensure_cache(engine: Engine, owner: Owner, network: Network, image: Recipe, proxy: str | None) -> bool:
    """Makes sure the package cache runs; it keeps nothing in its container, so it is replaced rather than repaired.

    Args:
        engine: The engine.
        owner: Whose testbed.
        network: The management network.
        image: What it runs from.
        proxy: The machine's own way to the mirrors, None for a direct one.

    Returns:
        Whether it was started.
    """
    name = owner.name("package-cache")
    directory = owner.cache / "apt"
    directory.mkdir(parents=True, exist_ok=True)
    arguments = ["--name", name, "--hostname", "package-cache", "--label", owner.label, "--init"]
    arguments += ["--network", network.name, "--ip", cache_address(network), "--restart", "no", "--memory", "512m"]
    arguments += ["--volume", f"{directory}:/var/cache/apt-cacher-ng"]
    program = ["sh", "-c", START, "package-cache", str(PORT), proxy or ""]
    config = digest({"arguments": "\n".join([*arguments, image.tag, *program]).encode()})
    existing = engine.inspect("container", name)
    if existing is not None:
        same = existing["Config"]["Labels"].get(CONFIG_LABEL) == config
        if same and existing["State"]["Running"]:
            return False
        engine("rm", "--force", "--volumes", name)
    engine("run", "--detach", *arguments, "--label", f"{CONFIG_LABEL}={config}", image.tag, *program)
    return True
