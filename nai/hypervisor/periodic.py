"""Tasks that come again and again."""

from __future__ import annotations

from collections.abc import Callable

from oslo_log import log as logging

LOG = logging.getLogger(__name__)


def logged(task: Callable[[], object]) -> Callable[[], None]:
    """Makes a periodic task survive its failures: its looping call would end for good."""

    def run() -> None:
        try:
            task()
        except Exception:
            LOG.exception("clean-up of this host failed; it is tried again")

    return run
