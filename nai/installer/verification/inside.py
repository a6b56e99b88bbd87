"""What is looked at inside an instance: its address, the way out, metadata, its neighbours."""

from __future__ import annotations

import json
import re
from typing import Any, Protocol

from nai.installer.verification.errors import CheckFailedError
from nai.installer.verification.instances import Instance

METADATA_ADDRESS = "169.254.169.254"

# Ethernet's payload less the headers of IPv4 and ICMP is what `ping -s` counts.
IP_AND_ICMP_HEADERS = 28

# bash alone can ask: the image needs no HTTP client.
_METADATA_SCRIPT = (
    f"exec 3<>/dev/tcp/{METADATA_ADDRESS}/80;"
    f" printf 'GET /openstack/latest/meta_data.json HTTP/1.0\\r\\nHost: {METADATA_ADDRESS}\\r\\n\\r\\n' >&3; cat <&3"
)


class Shell(Protocol):
    """Runs commands on an instance."""

    name: str

    def run(self, *argv: str, timeout_seconds: float = 20) -> str:
        """Runs one; see `Guest.run`."""


def check_identity(shell: Shell, instance: Instance, mtu: int) -> None:
    """Host name, address, MTU, default route and name servers are those that Nova and Neutron gave.

    Raises:
        CheckFailedError: one is not.
    """
    seen = shell.run("hostname")
    if seen != instance.name:
        raise CheckFailedError(f"host name {instance.name}", seen)
    addresses = shell.run("ip", "-o", "-4", "address", "show", "scope", "global")
    line = next((item for item in addresses.splitlines() if f" {instance.fixed_ip}/" in item), None)
    if line is None:
        raise CheckFailedError(f"address {instance.fixed_ip} on an interface of {instance.name}", addresses or "none")
    link = shell.run("ip", "-o", "link", "show", "dev", line.split()[1])
    if f" mtu {mtu} " not in link:
        raise CheckFailedError(f"MTU {mtu} on {line.split()[1]} of {instance.name}", link)
    if not shell.run("ip", "route", "show", "default"):
        raise CheckFailedError(f"a default route in {instance.name}", "none")
    if "nameserver" not in shell.run("cat", "/etc/resolv.conf"):
        raise CheckFailedError(f"a name server in /etc/resolv.conf of {instance.name}", "none")


def check_metadata(shell: Shell, instance: Instance, public_key: str) -> None:
    """The metadata service knows the instance and its key.

    Raises:
        CheckFailedError: it does not answer, or with something else.
    """
    expected = f"metadata of {instance.name} at {METADATA_ADDRESS}"
    answer = shell.run("bash", "-c", _METADATA_SCRIPT, timeout_seconds=30)
    head, _, body = answer.replace("\r\n", "\n").partition("\n\n")
    status = head.splitlines()[0] if head else "no answer"
    if " 200" not in status:
        raise CheckFailedError(
            expected, f"{status}; see neutron-metadata-agent.log and nova-api-metadata.log on the controller"
        )
    try:
        metadata: dict[str, Any] = json.loads(body)
    except ValueError as error:
        raise CheckFailedError(expected, f"no JSON: {body[:200]}") from error
    if metadata.get("uuid") != instance.id:
        raise CheckFailedError(f"{expected} with uuid {instance.id}", f"uuid {metadata.get('uuid')}")
    keys = " ".join((metadata.get("public_keys") or {}).values())
    if public_key.split()[1] not in keys:
        raise CheckFailedError(f"{expected} with the key pair's public key", keys or "no key")


def ping(shell: Shell, address: str, mtu: int) -> float:
    """Pings with small packets and with the largest that fit; returns the average round trip of small ones, ms.

    Raises:
        CheckFailedError: packets are lost.
    """
    small = shell.run("ping", "-n", "-q", "-c", "3", "-i", "0.2", "-W", "3", address)
    largest = str(mtu - IP_AND_ICMP_HEADERS)
    shell.run("ping", "-n", "-q", "-c", "2", "-i", "0.2", "-W", "3", "-M", "do", "-s", largest, address)
    return round_trip_ms(small)


def round_trip_ms(output: str) -> float:
    """Average round trip that `ping -q` shows, ms.

    Raises:
        CheckFailedError: it shows none.
    """
    found = re.search(r"= [\d.]+/([\d.]+)/", output)
    if found is None:
        raise CheckFailedError("a round-trip time", output)
    return float(found[1])


def check_tcp(shell: Shell, address: str) -> None:
    """A TCP connection to the neighbour's SSH server comes about; with wrong checksums only ping would work.

    Raises:
        CheckFailedError: nothing or something else is said there.
    """
    seen = shell.run("timeout", "5", "bash", "-c", f"exec 3<>/dev/tcp/{address}/22; head -c 4 <&3")
    if seen != "SSH-":
        raise CheckFailedError(f"an SSH server at {address}, seen from {shell.name}", seen or "no answer")
