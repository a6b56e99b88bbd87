# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""The rpm and yum commands that bring packages to what is wanted."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ansible_collections.nubomedia.nai.plugins.module_utils.rpm_steps import RpmError, Step, Wanted, check, differences
from ansible_collections.nubomedia.nai.plugins.module_utils.rpm_versions import Evr

LAST_LINES = 15
_QUERY = r"%{NAME}\t%{EPOCHNUM}\t%{VERSION}\t%{RELEASE}\n"
_MIRROR = re.compile(r"^(?P<url>\S+://\S+): \[Errno \d+\] (?P<reason>.*)$", re.MULTILINE)
_REPOSITORY = re.compile(
    r"^failure: \S+ from (?P<id>\S+): |Cannot find a valid baseurl for repo: (?P<lost>\S+)", re.MULTILINE
)


class Rpms:
    """The packages of a host.

    Args:
        run: runs a command and returns its exit code, output and error output.
    """

    def __init__(self, run: Any) -> None:
        """Keeps the runner."""
        self._run = run

    def ensure(self, wanted: Sequence[Wanted], check_mode: bool) -> list[Step]:
        """Brings packages to what is wanted, or only tells.

        Returns:
            What was not as wanted.

        Raises:
            RpmError: an entry makes no sense, the repositories lack something, or a transaction failed.
        """
        check(wanted)
        steps: list[Step] = differences(wanted, self._installed(wanted))
        if not steps or check_mode:
            return steps
        steps = self._resolved(steps)
        self._remove(steps)
        output = self._install([step for step in steps if step.target])
        # yum ends with 0 as well when it could do only a part of what it was told.
        if left := differences(wanted, self._installed(wanted)):
            raise RpmError(
                f"not done although yum and rpm reported success: {'; '.join(map(str, left))}\n{tail(output)}"
            )
        return steps

    def _installed(self, wanted: Sequence[Wanted]) -> dict[str, list[Evr]]:
        """Returns the versions of what is installed, by name."""
        names = [package.name for package in wanted]
        _code, out, err = self._run(["rpm", "-q", "--qf", _QUERY, *names])  # the code: how many are missing
        found: dict[str, list[Evr]] = {}
        for line in out.splitlines():
            fields = line.split("\t")
            if len(fields) == 4:
                found.setdefault(fields[0], []).append(Evr(int(fields[1]), fields[2], fields[3]))
            elif not line.endswith("is not installed"):
                raise RpmError(f"rpm's database cannot be read: {line} {err}".strip())
        return found

    def _resolved(self, steps: Sequence[Step]) -> list[Step]:
        """Returns the steps with the versions that the repositories have for them."""
        asked = sorted({step.name for step in steps if not step.remove and not step.surplus})
        if not asked:
            return list(steps)
        code, out, err = self._run(["yum", "-q", "list", "available", "--showduplicates", *asked])
        if code and "No matching Packages" not in out + err:
            raise RpmError(repository_problem(out + err))
        offered = available(out)
        resolved, missing = [], []
        for step in steps:
            if step.name not in asked:
                resolved.append(step)
                continue
            versions = sorted(offered.get(step.name, ()))
            meant = [evr for evr in versions if not step.pin or evr.is_meant_by(step.pin)]
            if meant:
                resolved.append(replace(step, target=meant[-1]))
            else:
                has = f"has version {step.pin}, only {', '.join(map(str, versions))}" if versions else "has it"
                missing.append(f"package {step.name}: no enabled repository {has}")
        if missing:
            raise RpmError("\n".join(missing))
        return resolved

    def _remove(self, steps: Sequence[Step]) -> None:
        """Removes what goes, and the other versions of what a killed transaction left twice."""
        alone = [step.name for step in steps if step.remove and step.keep_dependents]
        whole = [step.name for step in steps if step.remove and not step.keep_dependents]
        whole += [f"{step.name}-{evr.version}-{evr.release}" for step in steps for evr in step.surplus]
        for options, names in (["--nodeps"], alone), ([], whole):
            if names:
                self._transaction(["rpm", "-e", *options, *names])

    def _install(self, steps: Sequence[Step]) -> str:
        """Installs, upgrades and downgrades in one transaction.

        Returns:
            What yum printed.
        """
        by_verb: dict[str, list[str]] = {}
        for step in steps:
            older = step.target is not None and any(step.target < evr for evr in step.installed)
            by_verb.setdefault("downgrade" if older else "install", []).append(specification(step))
        if len(by_verb) < 2:
            return "".join(self._transaction(["yum", "-y", verb, *names]) for verb, names in by_verb.items())
        # Only yum's shell does both in one transaction.
        with tempfile.NamedTemporaryFile("w", prefix="nai-yum-") as script:
            script.writelines(f"{verb} {' '.join(names)}\n" for verb, names in by_verb.items())
            script.write("run\n")
            script.flush()
            return self._transaction(["yum", "-y", "shell", script.name])

    def _transaction(self, argv: Sequence[str]) -> str:
        """Runs a command that changes packages.

        Returns:
            What it printed.
        """
        code, out, err = self._run(argv)
        if code:
            reason = repository_problem(out + err)
            raise RpmError(f"{' '.join(argv)} failed with exit code {code}: {reason}")
        output: str = out + err
        return output


def specification(step: Step) -> str:
    """Returns the package and its version as yum's command line takes them."""
    name: str = step.name
    evr = step.target
    if evr is None:
        return name
    epoch = f"{evr.epoch}:" if evr.epoch else ""
    return f"{epoch}{name}-{evr.version}-{evr.release}"


def available(listing: str) -> dict[str, list[Evr]]:
    """Reads `yum list available`: versions by name. Long names make yum wrap a line anywhere between its columns."""
    words = listing.partition("Available Packages")[2].split()
    found: dict[str, list[Evr]] = {}
    for number in range(0, len(words) - 2, 3):  # name.architecture, version, repository
        found.setdefault(words[number].rpartition(".")[0], []).append(Evr.parse(words[number + 1]))
    return found


def repository_problem(output: str) -> str:
    """Says in one line which repository does not answer; the last lines of the output when it is something else."""
    mirror, repository = _MIRROR.search(output), _REPOSITORY.search(output)
    if not mirror and not repository:
        return tail(output)
    name = (repository["id"] or repository["lost"]) if repository else ""
    what = f"{mirror['url']}: {mirror['reason']}" if mirror else "no URL of it can be used"
    return f"repository {name or '(unknown)'} does not answer: {what}; check its URL, and that this host reaches it"


def tail(output: str) -> str:
    """Returns the last lines of what a command printed."""
    return "\n".join(output.strip().splitlines()[-LAST_LINES:])
