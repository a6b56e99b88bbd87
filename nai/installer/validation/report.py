"""Runs all checks over an inventory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from nai.installer.checkout import displayed
from nai.installer.inventory import (
    Inventory,
    InventoryError,
    extra_variables,
    loader_with_vault,
    resolved,
)
from nai.installer.release import ReleaseError
from nai.installer.schema import Schema, schema
from nai.installer.validation.checks import (
    groups,
    media_plane,
    names,
    networks,
    packstack,
    release,
    secrets,
    values,
    vnis,
)
from nai.installer.validation.context import Context
from nai.installer.validation.definitions import scan
from nai.installer.validation.finding import EXTRA_VARS, Finding, in_order

CHECKS = (
    names.check,
    values.check,
    release.check,
    groups.check,
    networks.check,
    vnis.check,
    media_plane.check,
    packstack.check,
    secrets.check,
)


@dataclass(frozen=True)
class Report:
    """The outcome of a validation.

    Attributes:
        inventory: The inventory's sources.
        findings: Everything that is wrong, by file and line.
        hosts: Number of hosts.
        seconds: How long it took.
    """

    inventory: tuple[str, ...]
    findings: tuple[Finding, ...]
    hosts: int
    seconds: float

    def summary(self) -> str:
        """One line for the end of the output."""
        where = ", ".join(map(displayed, self.inventory))
        if not self.findings:
            return f"{where}: valid, {self.hosts} host{'s' if self.hosts != 1 else ''}"
        return f"{where}: {len(self.findings)} error{'s' if len(self.findings) > 1 else ''}; no host was contacted"

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return {
            "inventory": [displayed(source) for source in self.inventory],
            "valid": not self.findings,
            "hosts": self.hosts,
            "seconds": round(self.seconds, 3),
            "errors": [finding.as_dict() for finding in self.findings],
        }


def validate(
    sources: Sequence[str | Path],
    extra_vars: Sequence[str] = (),
    *,
    loader: Any = None,
    declared: Schema | None = None,
) -> Report:
    """Checks an inventory.

    Args:
        sources: What stands behind `-i`: directories or files.
        extra_vars: What stands behind each `-e`.
        loader: The reader of a running play, which knows its vault password.
        declared: Another schema than the installer's.
    """
    start = monotonic()
    paths = tuple(resolved(str(source)) for source in sources)
    found, hosts = _findings(paths, tuple(extra_vars), loader, declared or schema())
    return Report(paths, tuple(in_order(found)), hosts, monotonic() - start)


def _findings(
    paths: tuple[str, ...], extra_vars: tuple[str, ...], loader: Any, declared: Schema
) -> tuple[list[Finding], int]:
    if absent := [path for path in paths if "," not in path and not Path(path).exists()]:
        return [
            Finding(path, None, "", "", "does not exist", "name an inventory's directory or hosts file after -i")
            for path in absent
        ], 0
    try:
        loader = loader or loader_with_vault()
    except InventoryError as error:
        return [_whole(paths[0], f"has no usable vault password: {error}", "check scripts/vault-password")], 0
    try:
        extra = extra_variables(extra_vars, loader)
    except InventoryError as error:
        return [Finding(EXTRA_VARS, None, "", "", f"cannot be read: {error}", "write -e name=value or -e @file")], 0
    definitions = scan(paths, extra, loader)
    if definitions.unreadable:
        # Ansible would refuse the inventory; the names in the readable files can be checked all the same.
        return definitions.findings, 0
    try:
        context = Context(declared, Inventory(paths, extra_vars, loader), definitions)
        findings = [*definitions.findings, *(finding for check in CHECKS for finding in check(context))]
    except InventoryError as error:
        return [*definitions.findings, _whole(paths[0], f"cannot be read: {error}", "correct the file")], 0
    except ReleaseError as error:
        return [*definitions.findings, _whole(paths[0], f"cannot be checked: {error}", "then validate again")], 0
    return findings, len(context.hosts("all"))


def _whole(path: str, wrong: str, action: str) -> Finding:
    return Finding(path, None, "", "", wrong, action)
