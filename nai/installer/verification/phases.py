"""The phases of a verification, in the order in which the playbook calls them."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from itertools import permutations
from pathlib import Path
from typing import Any, TypeVar

from nai.installer.verification import inside, instances, leftovers, limits, objects
from nai.installer.verification.cloud import PREFIX, connect, wait_for
from nai.installer.verification.errors import CheckFailedError
from nai.installer.verification.guest import Guest, KeyPair, banner, host_keys_on, wait_for_banner
from nai.installer.verification.image import Image, cache_directory, find_or_make
from nai.installer.verification.instances import Instance
from nai.installer.verification.report import Report, table

READY = "nai-verify: ready"

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Settings:
    """What is verified.

    Attributes:
        clouds_file: clouds.yaml on the control host.
        state_directory: `.nai`; reports go below it.
        compute_hosts: every compute host, by the name that Nova knows.
        image: image of the user's own on the control host, or an empty text.
        flavor: name of the flavor.
        network_cidr: network of the instances.
        external_network: name of the network of floating IPs.
        timeout_seconds: longest wait for one thing.
        keep: leave everything at the end.
    """

    clouds_file: Path
    state_directory: Path
    compute_hosts: tuple[str, ...]
    image: str
    flavor: str
    network_cidr: str
    external_network: str
    timeout_seconds: float
    keep: bool


def begin(settings: Settings, show: Callable[[str], None]) -> Report:
    """Starts a report and removes what an interrupted verification left.

    Raises:
        CheckFailedError: the cloud cannot be used.
    """
    report = Report.begin(settings.state_directory / "reports", secrets.token_hex(3))
    report.show = show
    with report.step("cloud answers", "a token of the cloud's administrator") as step:
        connection = connect(settings.clouds_file)
        step.seen = f"signed in to {connection.config.config['auth']['auth_url']}"
    with report.step("compute hosts are up") as step:
        _wait_for_compute_hosts(connection, settings)
        step.seen = ", ".join(settings.compute_hosts)
    with report.step("leftovers of an earlier run removed") as step:
        removed = objects.remove_all(connection, settings.timeout_seconds)
        step.seen = f"{len(removed)}: {', '.join(removed)}" if removed else "none"
    return report


def upload(settings: Settings, report: Report) -> None:
    """Makes the image, or takes it from the cache, and uploads it.

    Raises:
        CheckFailedError: one of both is not possible.
    """
    with report.step("image at hand") as step:
        image = find_or_make(settings.image, cache_directory(settings.state_directory))
        report.figures["image_mb"] = objects.image_size_mb(image.file)
        step.seen = f"{image.file.name}, {report.figures['image_mb']} MB{', made now' if image.made else ''}"
    with report.step("image uploaded to Glance"):
        connection = connect(settings.clouds_file)
        ids = report.handover.setdefault("ids", {})
        ids["image"] = objects.upload_image(connection, f"{PREFIX}{report.run_id}", image).id


def check_synchronised(settings: Settings, report: Report, syncs: Mapping[str, Mapping[str, Any]]) -> None:
    """Looks whether the image synchroniser has brought the image to every compute host.

    Raises:
        CheckFailedError: it is missing on one.
    """
    expected = "the image on every compute host before an instance asks for it"
    with report.step(expected, expected) as step:
        image = report.handover["ids"]["image"]
        missing = [
            f"{host}: {syncs.get(host, {}).get('msg') or 'the synchroniser did not load it'}"
            for host in settings.compute_hosts
            if image not in [*syncs.get(host, {}).get("loaded", []), *syncs.get(host, {}).get("present", [])]
        ]
        if missing:
            raise CheckFailedError(expected, f"{'; '.join(missing)}; see `journalctl -u nai-images-sync` there")
        seconds = {host: syncs[host].get("seconds", 0) for host in settings.compute_hosts}
        report.figures["synchronise_seconds"] = seconds
        step.seen = ", ".join(f"{host} {value} s" for host, value in seconds.items())


def prove(settings: Settings, report: Report) -> None:
    """Boots an instance on every compute host and uses it.

    Raises:
        CheckFailedError: something is not as it must be.
    """
    name = f"{PREFIX}{report.run_id}"
    image = find_or_make(settings.image, cache_directory(settings.state_directory))
    connection = connect(settings.clouds_file)
    ids = report.handover["ids"]
    key = KeyPair.generate()
    with report.step("network, subnet and router made") as step:
        made = objects.make_network(connection, name, settings.network_cidr, settings.external_network)
        ids.update({kind: made[kind] for kind in ("network", "subnet", "router")})
        step.seen = f"{made['network_type']}, {settings.network_cidr}, MTU {made['mtu']}"
    with report.step("security group and key pair made"):
        ids["security group"] = objects.make_security_group(connection, name)
        connection.compute.create_keypair(name=name, public_key=key.public)
    booted = _boot(connection, settings, report, name, made)
    _use(connection, settings, report, booted, made, key, image)


def check_limits(settings: Settings, report: Report, states: Mapping[str, Mapping[str, Any]]) -> None:
    """Compares the containers' cgroup limits with the flavor.

    Raises:
        CheckFailedError: they differ.
    """
    flavor = report.handover["flavor"]
    expected = f"{flavor['ram']} MiB and {flavor['vcpus']} VCPU on each instance's container"
    with report.step("cgroup limits are the flavor's", expected) as step:
        servers = {item["id"]: item["host"] for item in report.handover["instances"]}
        found = limits.differences(servers, states, flavor["ram"], flavor["vcpus"])
        if found:
            raise CheckFailedError(expected, "; ".join(found))
        step.seen = f"{settings.flavor}: {expected}"


def remove(settings: Settings, report: Report) -> list[str]:
    """Removes everything and looks whether Nova, Neutron, Glance still know any of it.

    Returns:
        What the names on the hosts contain that must be gone there as well.

    Raises:
        CheckFailedError: something is left.
    """
    if settings.keep:
        with report.step("kept as verify_keep asks") as step:
            step.seen = f"everything named {PREFIX}{report.run_id}"
        return []
    with report.step("all removed") as step:
        connection = connect(settings.clouds_file)
        removed = objects.remove_all(connection, settings.timeout_seconds)
        step.seen = f"{len(removed)} objects"
    with report.step("nothing left in Nova, Neutron and Glance", "no object of this run") as step:
        left = objects.find_all(connection)
        if left:
            raise CheckFailedError("no object of this run", "; ".join(left))
        step.seen = "no object of this run"
    return sorted(set(_on_hosts(report)))


def compare_hosts(
    report: Report,
    hosts: Iterable[str],
    before: Mapping[str, Mapping[str, Any]],
    after: Mapping[str, Mapping[str, Any]],
) -> None:
    """Compares the hosts with what they were before.

    Raises:
        CheckFailedError: something of this run is left on one, or nobody knows what is on it.
    """
    expected = "the hosts as they were before"
    with report.step("nothing left on the hosts", expected) as step:
        unknown = [host for host in hosts if host not in before or host not in after]
        if unknown:
            raise CheckFailedError(expected, f"{', '.join(unknown)} could not be looked at")
        ours, foreign = leftovers.added(before, after, _on_hosts(report))
        if ours:
            raise CheckFailedError(expected, "; ".join(ours))
        step.seen = f"no container, link, port, namespace, mount or directory of this run on {len(after)} hosts"
        if foreign:
            step.seen += f"; {len(foreign)} things are new and not of this run: {'; '.join(foreign[:6])}"


def summary(report: Report) -> str:
    """The table for the reader, and where the report lies."""
    return f"{table(report)}\nreport: {report.file}"


def _wait_for_compute_hosts(connection: Any, settings: Settings) -> None:
    """Nova takes up to half a minute to notice that a compute host is back."""
    expected = "nova-compute up on every host of group compute"
    if not settings.compute_hosts:
        raise CheckFailedError(expected, "the group has no host")
    missing: list[str] = []

    def look() -> bool | None:
        states = {item.host: item.state for item in connection.compute.services(binary="nova-compute")}
        wanted = [host for host in settings.compute_hosts if states.get(host) != "up"]
        missing[:] = [f"{host} is {states.get(host, 'unknown to Nova')}" for host in wanted]
        return None if missing else True

    hint = "; see `systemctl status nova-compute` and nova-compute.log there"
    wait_for(look, expected, lambda: "; ".join(missing) + hint, min(settings.timeout_seconds, 30), poll_seconds=1)


def _boot(connection: Any, settings: Settings, report: Report, name: str, network: Mapping[str, Any]) -> list[Instance]:
    count = len(settings.compute_hosts)
    with report.step(f"{count} instances active, one on each compute host") as step:
        flavor = connection.compute.find_flavor(settings.flavor, ignore_missing=True)
        if flavor is None:
            seen = "none; verify_flavor names it, cloud_flavors makes it"
            raise CheckFailedError(f"a flavor {settings.flavor}", seen)
        report.handover["flavor"] = {"ram": flavor.ram, "vcpus": flavor.vcpus}
        booted: list[Instance] = []
        for number, host in enumerate(settings.compute_hosts, start=1):
            booted.append(
                instances.request(
                    connection,
                    f"{name}-{number}",
                    host,
                    image=report.handover["ids"]["image"],
                    flavor=flavor.id,
                    network=network["network"],
                    group=name,
                    key=name,
                )
            )
            report.handover["instances"] = [asdict(item) for item in booted]
            report.save()
        instances.wait_until_active(connection, booted, settings.timeout_seconds)
        report.figures["active_seconds"] = {item.host: item.active_seconds for item in booted}
        step.seen = ", ".join(f"{item.host} {item.active_seconds} s" for item in booted)
    with report.step("floating IPs given") as step:
        instances.give_addresses(connection, booted, network["external"], network["network"], name)
        report.handover["instances"] = [asdict(item) for item in booted]
        step.seen = ", ".join(item.floating_ip for item in booted)
    return booted


def _use(
    connection: Any,
    settings: Settings,
    report: Report,
    booted: list[Instance],
    network: Mapping[str, Any],
    key: KeyPair,
    image: Image,
) -> None:
    with report.step("SSH servers answer through the floating IPs") as step:
        _each(booted, lambda item: _wait_for_ssh(item, settings.timeout_seconds))
        report.figures["banner_seconds"] = {item.host: item.banner_seconds for item in booted}
        step.seen = ", ".join(f"{item.host} {item.banner_seconds} s" for item in booted)
    with report.step("consoles are readable") as step:
        consoles = _each(booted, lambda item: _console(connection, item, image, settings.timeout_seconds))
        step.seen = ", ".join(f"{len(text)} characters" for text in consoles)
    with ExitStack() as logins:
        pinned = "host keys pinned" if image.own else "host keys noted"
        with report.step(f"login with the key pair, {pinned}") as step:
            guests = _each(
                list(zip(booted, consoles, strict=True)),
                lambda pair: Guest(pair[0].name, pair[0].floating_ip, key.private, host_keys_on(pair[1])),
            )
            for guest in guests:
                logins.enter_context(guest)
            step.seen = ", ".join(f"{guest.name} {guest.host_key}" for guest in guests)
        pairs = list(zip(guests, booted, strict=True))
        with report.step("name, address, MTU, route and resolver inside") as step:
            _each(pairs, lambda pair: inside.check_identity(pair[0], pair[1], network["mtu"]))
            step.seen = ", ".join(item.fixed_ip for item in booted)
        with report.step("metadata inside"):
            _each(pairs, lambda pair: inside.check_metadata(pair[0], pair[1], key.public))
        _check_neighbours(report, pairs, network)
    if image.own:
        _check_closed_port(report, booted)


def _check_neighbours(report: Report, pairs: list[tuple[Guest, Instance]], network: Mapping[str, Any]) -> None:
    across = list(permutations(pairs, 2))
    kind = str(network["network_type"]).upper()
    if not across:
        return
    with report.step(f"ping between compute hosts over {kind}, small and of MTU size") as step:
        times = [inside.ping(guest, other.fixed_ip, network["mtu"]) for (guest, _), (_, other) in across]
        report.figures["round_trip_ms"] = times
        step.seen = f"{min(times):.2f} to {max(times):.2f} ms"
    with report.step(f"TCP between compute hosts over {kind}"):
        for (guest, _instance), (_guest, other) in across:
            inside.check_tcp(guest, other.fixed_ip)


def _check_closed_port(report: Report, booted: list[Instance]) -> None:
    expected = f"no answer at port {objects.CLOSED_PORT}"
    with report.step("the security group keeps out what it does not name", expected) as step:
        answers = _each(booted, lambda item: banner(item.floating_ip, objects.CLOSED_PORT, timeout_seconds=1.5))
        open_ones = [item.floating_ip for item, answer in zip(booted, answers, strict=True) if answer]
        if open_ones:
            seen = f"{', '.join(open_ones)} answered; see firewall_driver of the Open vSwitch agents"
            raise CheckFailedError(expected, seen)
        step.seen = expected


def _wait_for_ssh(instance: Instance, timeout_seconds: float) -> None:
    expected = f"an SSH server of {instance.name} at {instance.floating_ip} within {timeout_seconds:g} s"
    if wait_for_banner(instance.floating_ip, objects.OPEN_PORT, timeout_seconds) is None:
        raise CheckFailedError(
            expected,
            f"no answer; the console tells whether it runs, then look at the router on the controller"
            f" (`ip netns exec qrouter-… ping {instance.fixed_ip}`) and at {instance.host}",
        )
    instance.banner_seconds = round(time.monotonic() - instance.requested, 2)


def _console(connection: Any, instance: Instance, image: Image, timeout_seconds: float) -> str:
    """Returns the console's text; of an image made here, once it says that the instance is ready."""
    seen = [""]

    def look() -> str | None:
        seen[0] = instances.console_of(connection, instance)
        return seen[0] if (READY in seen[0] if image.own else seen[0]) else None

    expected = f"the console of {instance.name} with {READY!r}" if image.own else f"a console text of {instance.name}"
    return wait_for(look, expected, lambda: repr(seen[0][-300:]), min(timeout_seconds, 20))


def _on_hosts(report: Report) -> Iterable[str]:
    """Ids that show in names on the hosts."""
    ids = report.handover.get("ids", {})
    yield from (value for kind, value in ids.items() if kind != "security group")
    for item in report.handover.get("instances", []):
        yield from (value for value in (item["id"], item["port"]) if value)


def _each(items: list[Item], work: Callable[[Item], Result]) -> list[Result]:
    """Does the same for several items at once; the first failure ends it."""
    with ThreadPoolExecutor(max_workers=max(len(items), 1)) as pool:
        return list(pool.map(work, items))
