"""Checks an inventory that still lacks something."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from pathlib import Path

from nai.installer.validation.finding import Finding
from nai.installer.validation.report import validate


def about(names: Collection[str], sources: Sequence[str | Path]) -> list[Finding]:
    """What is wrong with some variables; that others are missing is passed over.

    Args:
        names: The variables.
        sources: Directories or files of the inventory.
    """
    return [finding for finding in validate(sources).findings if variable_of(finding) in names]


def variable_of(finding: Finding) -> str:
    """The variable that a finding is about, without the path inside its value; empty for a host or a group."""
    found = re.match(r"[A-Za-z_]\w*(?![\w ])", finding.key)
    return found[0] if found else ""
