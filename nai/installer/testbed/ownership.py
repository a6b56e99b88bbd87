"""Which testbed this is: all of it carries the id of the checkout it was made from, and nothing else is touched."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from nai.installer.checkout import checkout

LABEL = "nai.testbed"
"""Label of every container, volume and network; its value is the id."""


def checkout_id(root: Path) -> str:
    """Returns the id of a checkout: eight hex digits of its real path, so a link to it is the same checkout."""
    return hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:8]


@dataclass(frozen=True)
class Owner:
    """A working copy of the project as the owner of a testbed, and the names its testbed uses.

    Attributes:
        root: Its directory.
        cache: Directory of what all checkouts of a machine share: images and packages.
    """

    root: Path
    cache: Path

    @property
    def id(self) -> str:
        """Id of the testbed."""
        return checkout_id(self.root)

    @property
    def label(self) -> str:
        """The label `key=value` of everything that belongs to the testbed."""
        return f"{LABEL}={self.id}"

    @property
    def state(self) -> Path:
        """Directory of the testbed's keys."""
        return self.root / ".nai" / "testbed"

    @property
    def inventory(self) -> Path:
        """The inventory that describes the hosts."""
        return self.root / "inventories" / "testbed"

    @property
    def prefix_file(self) -> Path:
        """Variables file that moves the testbed to other addresses, written when the usual ones are taken."""
        return self.inventory / "group_vars" / "all" / "testbed.yml"

    def name(self, part: str) -> str:
        """Returns the engine's name for a part of this testbed."""
        return f"nai-{self.id}-{part}"


def this_checkout() -> Owner:
    """Returns the checkout this command runs for; NAI_CACHE_DIR moves the shared cache."""
    return Owner(checkout(), Path(os.environ.get("NAI_CACHE_DIR", "/var/cache/nai")))
