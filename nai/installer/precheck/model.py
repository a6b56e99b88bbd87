"""What a check gets and what it yields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from nai.installer.host_names import shortened


class Severity(StrEnum):
    """How much a finding matters."""

    ERROR = "error"
    """The installation would fail, or the platform would not work."""
    WARNING = "warning"
    """It works, though perhaps not as expected."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with one host.

    Attributes:
        host: its name in the inventory.
        check: name of the check; `precheck_ignored` takes it.
        problem: which value, and what is wrong with it.
        remedy: what to do.
        severity: whether it stops the installation.
    """

    host: str
    check: str
    problem: str
    remedy: str
    severity: Severity = Severity.ERROR

    def as_warning(self) -> Finding:
        """The same finding, not stopping anything."""
        return replace(self, severity=Severity.WARNING)

    def __str__(self) -> str:
        """One line for the reader."""
        return f"{self.host}: {self.problem}; {self.remedy} [{self.check}]"


def one_line_each(findings: Iterable[Finding]) -> list[str]:
    """Findings for the reader: what is said of several hosts in the same words is one line."""
    hosts: dict[Finding, list[str]] = {}
    for finding in findings:
        hosts.setdefault(replace(finding, host=""), []).append(finding.host)
    return [str(replace(finding, host=shortened(names))) for finding, names in hosts.items()]


@dataclass(frozen=True)
class Host:
    """One host of the inventory.

    Attributes:
        name: its name.
        groups: the groups of its release that it is in, their parents included.
        facts: what `host_info` found, None when the host did not answer.
        addresses: the inventory's address variables that are set, by name of the variable.
        unreachable: why it did not answer, where that is known.
    """

    name: str
    groups: tuple[str, ...]
    facts: Mapping[str, Any] | None
    addresses: Mapping[str, str] = field(default_factory=dict)
    unreachable: str = ""

    def fact(self, name: str, default: Any = None) -> Any:
        """One fact; `default` when it is not known."""
        value = (self.facts or {}).get(name)
        return default if value is None else value


@dataclass(frozen=True)
class Needs:
    """What is asked of the hosts.

    Attributes:
        release: facts of the release (`nai_release_facts`).
        memory_mb: memory per group, MiB; a host in several groups needs the sum.
        disk_gb: free disk per group, GiB.
        docker_disk_gb: free disk below /var/lib/docker of a compute host, GiB.
        clock_skew_seconds: largest difference between two clocks.
        external_interface: the controller's interface in the external network, when it is named.
        datapath: `auto`, `system` or `netdev`, of Open vSwitch; empty when the release's own installer decides.
        ignored: checks whose findings are warnings only.
    """

    release: Mapping[str, Any]
    memory_mb: Mapping[str, int] = field(default_factory=dict)
    disk_gb: Mapping[str, float] = field(default_factory=dict)
    docker_disk_gb: float = 0
    clock_skew_seconds: float = 5
    external_interface: str = ""
    datapath: str = "auto"
    ignored: frozenset[str] = frozenset()
