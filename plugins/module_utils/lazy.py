# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Libraries that a host's packages bring, perhaps later than the first look at the host."""

from __future__ import annotations

import importlib
from typing import Any


def module_or_none(name: str) -> Any:
    """Returns a module, or None when the host does not have it (yet)."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None
