# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Makes the package `nai` importable: import this first in a plugin that runs on the control host.

The package lies in the collection itself, so a checkout or an installed collection needs no `pip install`.
A package that is installed (perhaps another version) does not come into it: plugins and package belong together.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The collection's root, which is the root of the checkout."""

if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))
