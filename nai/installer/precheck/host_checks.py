"""Checks that look at one host alone. A fact that is not known is not held against the host."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator, Mapping

from nai.installer.precheck.model import Finding, Host, Needs, Severity

# ansible-core 2.19 runs modules on Python 3.8 and newer.
OLDEST_PYTHON = (3, 8)

# Which programs hold the port of a service on a host that this installer has set up before.
PROGRAMS = {
    "mariadb": {"mariadbd", "mysqld"},
    "rabbitmq": {"beam.smp"},
    "memcached": {"memcached"},
}
API_PROGRAMS = {"uwsgi", "uwsgi-core", "uwsgi_python3", "python3"}

# An answering service of the platform needs little more than it holds already.
DEPLOYED_DISK_SHARE = 0.25


def distribution(host: Host, needs: Needs) -> Iterator[Finding]:
    """The release's packages exist for one version of one distribution."""
    wanted = needs.release["os"]
    have = (str(host.fact("distribution", "")).lower(), str(host.fact("major_version", "")))
    if have[0] and have != (wanted["distribution"], str(wanted["major_version"])):
        yield Finding(
            host.name,
            "distribution",
            f"runs {have[0]} {have[1]}, release {needs.release['name']} is packaged for"
            f" {wanted['distribution']} {wanted['major_version']}",
            "install that system on the host or set nai_release to a release for the one it has",
        )


def python(host: Host, _needs: Needs) -> Iterator[Finding]:
    """Modules need a Python of a certain age."""
    text = str(host.fact("python_version", ""))
    numbers = tuple(int(part) for part in text.split(".")[:2] if part.isdigit())
    if numbers and numbers < OLDEST_PYTHON:
        yield Finding(
            host.name,
            "python",
            f"Python {text} is too old, modules need {'.'.join(map(str, OLDEST_PYTHON))} or newer",
            "install a newer one and name it in ansible_python_interpreter",
        )


def systemd(host: Host, _needs: Needs) -> Iterator[Finding]:
    """Services are systemd units."""
    if host.fact("systemd", True) is False:
        yield Finding(
            host.name,
            "systemd",
            "systemd is not running as its first process",
            "boot the host with systemd; a container needs /sbin/init as its command",
        )


def memory(host: Host, needs: Needs) -> Iterator[Finding]:
    """A host in several groups needs the memory of all."""
    wanted, groups = _sum(host, needs.memory_mb)
    have = host.fact("memory_mb")
    if have is not None and have < wanted:
        yield Finding(
            host.name,
            "memory",
            f"has {have} MB of memory, {groups} needs {wanted:g} MB",
            "give it more, move a group to another host, or lower precheck_memory_mb",
        )


def processors(host: Host, _needs: Needs) -> Iterator[Finding]:
    """One processor carries a controller, slowly."""
    if "controller" in host.groups and host.fact("cpu_count", 2) < 2:
        yield Finding(
            host.name,
            "processors",
            "has one processor",
            "a controller needs two for its requests to be answered in time",
            Severity.WARNING,
        )


def disk(host: Host, needs: Needs) -> Iterator[Finding]:
    """Packages and images need room; a host that has them already needs little."""
    free: dict[str, float] = host.fact("disk_free_gb", {})
    wanted, groups = _sum(host, needs.disk_gb)
    if _is_deployed(host, needs):
        wanted *= DEPLOYED_DISK_SHARE
    if "/" in free and free["/"] < wanted:
        yield Finding(
            host.name,
            "disk",
            f"has {free['/']:.1f} GB free on /, {groups} needs {wanted:.1f} GB",
            "free some, or lower precheck_disk_gb",
        )
    docker = free.get("/var/lib/docker")
    if _holds_containers(host) and docker is not None and docker < needs.docker_disk_gb:
        yield Finding(
            host.name,
            "disk",
            f"has {docker:.1f} GB free for /var/lib/docker, instances need {needs.docker_disk_gb:.1f} GB",
            "free some, or lower precheck_docker_disk_gb",
        )


def ports(host: Host, needs: Needs) -> Iterator[Finding]:
    """The ports of the release's services are free, or held by these very services."""
    wanted = {
        service["port"]: name
        for name, service in needs.release["services"].items()
        if "port" in service and set(service.get("groups", ("controller",))) & set(host.groups)
    }
    seen: set[int] = set()
    for listener in host.fact("listening_ports", []):
        port, program = int(listener["port"]), str(listener.get("process") or "")
        name = wanted.get(port)
        if name is None or port in seen or _holds(name, listener, needs):
            continue
        seen.add(port)
        yield Finding(
            host.name,
            "ports",
            f"port {port} on {listener.get('address', '*')}, which {name} needs, is used by"
            f" {program or 'another program'}",
            f"stop that program or move it to another port (`ss -ltnp 'sport = :{port}'` shows it)",
        )


def addresses(host: Host, needs: Needs) -> Iterator[Finding]:
    """Each address of the inventory lies on an interface of the host."""
    interfaces = host.fact("interfaces")
    if interfaces is None:
        return
    present = {address.split("/")[0] for interface in interfaces for address in interface["addresses"]}
    for variable, address in host.addresses.items():
        if address not in present:
            yield Finding(
                host.name,
                "addresses",
                f"{variable} {address} is on none of its interfaces ({', '.join(sorted(present)) or 'no address'})",
                "correct the inventory or give the address to an interface",
            )
    name = needs.external_interface
    if "controller" in host.groups and name and name not in {item["name"] for item in interfaces}:
        yield Finding(
            host.name,
            "addresses",
            f"nai_external_interface {name} is none of its interfaces"
            f" ({', '.join(sorted(item['name'] for item in interfaces))})",
            "correct the variable",
        )


def devices(host: Host, needs: Needs) -> Iterator[Finding]:
    """The userspace datapath makes its ports through /dev/net/tun; a Docker engine needs a fit filesystem."""
    if not {"controller", "compute"} & set(host.groups):
        return
    kernel = host.fact("openvswitch_kernel", True)
    if needs.datapath == "system" and kernel is False:
        yield Finding(
            host.name,
            "openvswitch",
            "openvswitch_datapath is system, but the kernel has no Open vSwitch",
            "set openvswitch_datapath to auto or netdev, or boot a kernel with module openvswitch",
        )
    if needs.datapath in ("auto", "netdev") and kernel is False and host.fact("tun_device", True) is False:
        yield Finding(
            host.name,
            "openvswitch",
            "/dev/net/tun is missing, and the kernel has no Open vSwitch",
            "give the host the device (a container: --device /dev/net/tun)",
        )
    missing = host.fact("missing_capabilities", [])
    if missing:
        yield Finding(
            host.name,
            "capabilities",
            f"lacks {', '.join(missing)}",
            "start the container with these capabilities",
        )
    if _holds_containers(host) and host.fact("docker_storage_ok", True) is False:
        yield Finding(
            host.name,
            "docker_storage",
            "/var/lib/docker lies on an overlay filesystem, where Docker cannot make layers",
            "put a volume or a disk there",
        )


def external_gateway(host: Host, _needs: Needs) -> Iterator[Finding]:
    """Packages come over the default route."""
    if "default_gateway" in (host.facts or {}) and not (host.facts or {})["default_gateway"]:
        yield Finding(
            host.name,
            "default_route",
            "has no default route",
            "it needs one unless its package mirror is in a connected network",
            Severity.WARNING,
        )


def _is_deployed(host: Host, needs: Needs) -> bool:
    """Whether this installer's services answer there already."""
    if host.fact("deployed") is not None:
        return bool(host.fact("deployed"))
    wanted = {service["port"]: name for name, service in needs.release["services"].items() if "port" in service}
    return any(
        _holds(wanted[int(item["port"])], item, needs)
        for item in host.fact("listening_ports", [])
        if int(item["port"]) in wanted
    )


def _holds(service: str, listener: dict[str, object], needs: Needs) -> bool:
    """Whether the listener is the service itself."""
    facts = needs.release["services"][service]
    own = str(facts.get("unit", ""))
    unit = str(listener.get("unit") or "").removesuffix(".service")
    if unit:
        return unit == own
    # The kernel keeps 15 characters of a program's name.
    programs = {name[:15] for name in facts.get("programs", ())}
    programs |= PROGRAMS.get(service, API_PROGRAMS | {service.replace("_", "-"), own[:15]})
    return str(listener.get("process") or "") in programs


def _sum(host: Host, needed: Mapping[str, float]) -> tuple[float, str]:
    """What the groups of a host need together, and their names."""
    groups = [group for group in host.groups if group in needed]
    return sum(needed[group] for group in groups), " + ".join(groups)


def _holds_containers(host: Host) -> bool:
    """Whether instances are Docker containers there: on every compute host but those for KVM."""
    return "compute" in host.groups and "compute_kvm" not in host.groups


def in_network(address: str, cidrs: list[str]) -> bool:
    """Whether an address lies in one of the networks of an interface."""
    return any(ipaddress.ip_address(address) in ipaddress.ip_interface(cidr).network for cidr in cidrs)


HOST_CHECKS: tuple[Callable[[Host, Needs], Iterator[Finding]], ...] = (
    distribution,
    python,
    systemd,
    memory,
    processors,
    disk,
    ports,
    addresses,
    devices,
    external_gateway,
)
