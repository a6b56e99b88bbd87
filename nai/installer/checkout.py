"""Where the checkout lies whose playbooks, releases and configuration this package belongs to."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path


class CheckoutNotFoundError(Exception):
    """Neither the package nor the working directory is inside a checkout."""

    def __init__(self) -> None:
        """Says what to do."""
        super().__init__("no ansible.cfg and playbooks/ found: run nai inside the checkout, or set NAI_CHECKOUT")


@cache
def checkout() -> Path:
    """The checkout's directory: NAI_CHECKOUT, that of the package, or the one the caller stands in.

    Raises:
        CheckoutNotFoundError: There is none.
    """
    named = os.environ.get("NAI_CHECKOUT")
    here = Path.cwd()
    candidates = [Path(named)] if named else [Path(__file__).resolve().parents[2], here, *here.parents]
    for candidate in candidates:
        if (candidate / "ansible.cfg").is_file() and (candidate / "playbooks").is_dir():
            return candidate.resolve()
    raise CheckoutNotFoundError


def releases() -> tuple[str, ...]:
    """Names of the OpenStack releases that can be installed."""
    return tuple(sorted(path.stem for path in (checkout() / "playbooks" / "releases").glob("*.yml")))


def use_configuration() -> None:
    """Makes Ansible read the checkout's ansible.cfg wherever it is called from; call it before importing Ansible."""
    os.environ.setdefault("ANSIBLE_CONFIG", str(checkout() / "ansible.cfg"))


def displayed(path: str | Path) -> str:
    """A path as a reader wants it: relative to the working directory when it lies below it."""
    absolute = Path(path).absolute()
    try:
        return str(absolute.relative_to(Path.cwd()))
    except ValueError:
        return str(absolute)
