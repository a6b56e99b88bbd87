# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Which packages are not as wanted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ansible_collections.nubomedia.nai.plugins.module_utils.rpm_versions import Evr

_NAME = re.compile(r"[A-Za-z0-9][\w.+-]*")


class RpmError(Exception):
    """Packages cannot be brought to what is wanted; the message says which, and why."""


@dataclass(frozen=True)
class Wanted:
    """One package, with the options of `rpm_packages.packages`."""

    name: str
    version: str | None = None
    state: str = "present"
    keep_dependents: bool = False


@dataclass(frozen=True)
class Step:
    """One package that is not as wanted.

    Attributes:
        name: of the package.
        installed: its versions on the host.
        pin: the version that is wanted, as `Evr.is_meant_by` reads it; empty for any.
        remove: the package goes.
        keep_dependents: what needs it stays nevertheless.
        target: the version to install; None before the repositories were asked.
    """

    name: str
    installed: tuple[Evr, ...] = ()
    pin: str = ""
    remove: bool = False
    keep_dependents: bool = False
    target: Evr | None = None

    @property
    def surplus(self) -> tuple[Evr, ...]:
        """What a killed transaction left beside the wanted version."""
        if self.remove or not self.pin:
            return ()
        others = tuple(evr for evr in self.installed if not evr.is_meant_by(self.pin))
        return others if len(others) < len(self.installed) else ()

    @property
    def before(self) -> str:
        """Versions now."""
        return " ".join(str(evr) for evr in self.installed)

    @property
    def after(self) -> str:
        """Version afterwards, as far as it is known; empty for none."""
        return "" if self.remove else str(self.target or self.pin or "newest")

    def __str__(self) -> str:
        """One line for people."""
        if self.remove:
            return f"package {self.name}: {self.before} removed"
        if self.surplus:
            return f"package {self.name}: {' '.join(map(str, self.surplus))} removed beside {self.pin}"
        return f"package {self.name}: installed {self.after}" + (f" in place of {self.before}" if self.before else "")


def differences(wanted: Iterable[Wanted], installed: Mapping[str, Sequence[Evr]]) -> list[Step]:
    """Returns what is not as wanted, in the order asked for.

    Args:
        wanted: packages.
        installed: versions of those that are on the host, by name.
    """
    steps = []
    for package in wanted:
        present = tuple(installed.get(package.name, ()))
        if package.state == "absent":
            if present:
                steps.append(Step(package.name, present, remove=True, keep_dependents=package.keep_dependents))
            continue
        pin = package.version or ""
        if not present or (pin and not all(evr.is_meant_by(pin) for evr in present)):
            steps.append(Step(package.name, present, pin))
    return steps


def check(wanted: Sequence[Wanted]) -> None:
    """Checks what no host is needed for.

    Raises:
        RpmError: with a line for each entry that makes no sense.
    """
    names = [package.name for package in wanted]
    problems = [f"package {name!r}: named more than once" for name in sorted({n for n in names if names.count(n) > 1})]
    for package in wanted:
        if not _NAME.fullmatch(package.name):
            problems.append(f"package {package.name!r}: no name of a package; versions belong into `version`")
        if package.state == "absent" and package.version:
            problems.append(f"package {package.name}: `version` has no meaning with state=absent; leave it out")
        if package.state == "present" and package.keep_dependents:
            problems.append(f"package {package.name}: `keep_dependents` has a meaning only with state=absent")
        if package.version is not None:
            try:
                Evr.parse(package.version)
            except ValueError as error:
                problems.append(f"package {package.name}: version {error}")
    if problems:
        raise RpmError("\n".join(problems))
