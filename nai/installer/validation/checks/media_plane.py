"""Do the media plane's variables go together with the cloud's?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network
from typing import Any

from nai.installer.validation import networks
from nai.installer.validation.checks.networks import CIDRS
from nai.installer.validation.context import Context, Missing
from nai.installer.validation.finding import Finding

NETWORK, RULES, BROKER = "media_network_cidr", "media_network_rules", "nfvo_broker_address"

SMALLEST_PREFIX = 28
"""Router, DHCP server and a handful of media servers have to fit in."""

PORTS_OF = ("tcp", "udp")


def check(context: Context) -> Iterator[Finding]:
    """The instances' network, what may reach them, and where they are told to reach the bus."""
    hosts = context.hosts("operations")
    if not hosts or not context.schema.variables[NETWORK].applies_to(*context.inventory.mode_and_release):
        return
    yield from _network(context, hosts[0])
    yield from _rules(context, hosts[0])
    yield from _broker(context, hosts[0])


def _network(context: Context, host: str) -> Iterator[Finding]:
    own = context.parsed(host, NETWORK)
    if isinstance(own, Missing):
        return  # what is wrong with it has been reported
    if use := networks.reserved_for(own):
        yield context.finding(
            host, NETWORK, f"is reserved for {use}", "choose a private network, such as 10.250.0.0/20"
        )
    if own.prefixlen > SMALLEST_PREFIX:
        yield context.finding(host, NETWORK, "is too small for instances", f"choose a /{SMALLEST_PREFIX} or larger")
    for name in CIDRS:
        other: IPv4Network | Missing = context.parsed(host, name)
        if not isinstance(other, Missing) and own.overlaps(other):
            yield context.finding(host, NETWORK, f"overlaps {name} {other}", "instances could not reach hosts in both")


def _rules(context: Context, host: str) -> Iterator[Finding]:
    rules = context.rendered(host, RULES)
    for number, rule in enumerate(rules) if isinstance(rules, list | tuple) else ():
        if isinstance(rule, Mapping) and (problem := _problem_of(rule)):
            yield context.finding(host, RULES, *problem, where=f"[{number}]", value=rules)


def _problem_of(rule: Mapping[str, Any]) -> tuple[str, str] | None:
    """What is wrong with a rule, and what to do; its keys' own types have been checked."""
    first, last = rule.get("port_min"), rule.get("port_max")
    if first is None and last is None:
        return None
    if rule.get("protocol") not in PORTS_OF:
        return f"has ports, and {rule.get('protocol')} has none", "delete port_min and port_max"
    if first is None or (last is not None and isinstance(first, int) and isinstance(last, int) and first > last):
        return "is no range of ports", "write port_min, and port_max not below it"
    return None


def _broker(context: Context, host: str) -> Iterator[Finding]:
    """A loopback address would send each agent to its own instance."""
    address = context.parsed(host, BROKER)
    if not isinstance(address, Missing) and address.is_loopback:
        yield context.finding(
            host,
            BROKER,
            "leads every instance to itself",
            "name an address of the operations host that instances reach",
        )
