"""The image synchroniser: every Docker image of Glance is on this host before an instance is made from it.

Without it the first instance on a host waits for the download, which on the original platform made it fail.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .images import ImageError
from .source import SourceError

if TYPE_CHECKING:
    from .images import ImageStore
    from .keystone_glance import KeystoneSource
    from .source import GlanceImage


class BusyError(Exception):
    """Another process synchronises this host."""


@dataclass
class Report:
    """What a run found and did; with `check`, what it would do.

    Attributes:
        check: Nothing was changed.
        present: Ids of images that were there already.
        loaded: Ids of images that came.
        removed: Ids of images that went.
        used: Ids of images that have gone from Glance and stay because a container is made from them.
        waiting: Seconds until removal, by id, of images that have gone from Glance.
        failed: What went wrong, by id.
        seconds: Duration.
    """

    check: bool
    present: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    used: list[str] = field(default_factory=list)
    waiting: dict[str, int] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def changed(self) -> bool:
        """Images came or went (or would)."""
        return bool(self.loaded or self.removed)

    def as_dict(self) -> dict[str, Any]:
        """Returns the report as plain data."""
        return {"changed": self.changed, **asdict(self)}


def due(
    unused: Collection[str], since: Mapping[str, float], now: float, grace_seconds: float
) -> tuple[list[str], dict[str, float]]:
    """Decides which unused images go now.

    Args:
        unused: Images that are in no list and in no container.
        since: When each was first seen unused, seconds since 1970; may hold others.
        now: The time.
        grace_seconds: How long an unused image stays.

    Returns:
        The images whose time is over, and the new `since`: a moment for each unused image, for no other.
    """
    moments = {image_id: min(since.get(image_id, now), now) for image_id in unused}
    return sorted(image_id for image_id, moment in moments.items() if now - moment >= grace_seconds), moments


class Synchroniser:
    """Brings a host's copies in line with Glance."""

    def __init__(
        self, store: ImageStore, work_path: Path, grace_seconds: float, clock: Callable[[], float] = time.time
    ) -> None:
        """Remembers what to work with.

        Args:
            store: The host's copies.
            work_path: Directory of the lock and of the list of unused images.
            grace_seconds: How long an image stays that nothing needs any more.
            clock: Tells the time, seconds since 1970.
        """
        self._store = store
        self._work_path = work_path
        self._state = work_path / "unused-images.json"
        self._grace_seconds = grace_seconds
        self._clock = clock

    def run(self, source: KeystoneSource, check: bool = False) -> Report:
        """Loads what is missing and removes what is no longer needed.

        A list that cannot be had stops the run before anything is removed; an image that cannot be loaded is reported,
        and the others are loaded.

        Args:
            source: Glance.
            check: Only say what would be done.

        Raises:
            BusyError: Another process is at it.
            SourceError: Glance cannot be asked.
        """
        start = time.monotonic()
        with self._alone():
            wanted = source.docker_images()
            copies = self._store.copies()
            report = Report(check=check, present=sorted(wanted.keys() & copies.keys()))
            for image_id in sorted(wanted.keys() - copies.keys()):
                self._load(wanted[image_id], source, report)
            self._prune(wanted.keys(), report)
        report.seconds = round(time.monotonic() - start, 3)
        return report

    def prune(self, needed: Collection[str]) -> Report:
        """Removes copies that are not needed, after their grace period, and loads nothing.

        Args:
            needed: Glance's ids of images that stay.

        Raises:
            BusyError: Another process is at it.
        """
        report = Report(check=False)
        with self._alone():
            self._prune(needed, report)
        return report

    def _load(self, image: GlanceImage, source: KeystoneSource, report: Report) -> None:
        if not report.check:
            try:
                self._store.ensure(image.id, source)
            except (ImageError, SourceError) as error:
                report.failed[image.id] = str(error)
                return
        report.loaded.append(image.id)

    def _prune(self, needed: Collection[str], report: Report) -> None:
        now = self._clock()
        gone = self._store.copies().keys() - set(needed)
        in_use = self._store.in_use()
        report.used = sorted(gone & in_use)
        over, moments = due(gone - in_use, self._read(), now, self._grace_seconds)
        for image_id in over:
            if report.check or self._store.remove(image_id):
                report.removed.append(image_id)
        report.waiting = {
            image_id: int(self._grace_seconds - (now - moment))
            for image_id, moment in sorted(moments.items())
            if image_id not in over
        }
        if not report.check:
            self._write({image_id: moment for image_id, moment in moments.items() if image_id not in report.removed})

    def _read(self) -> dict[str, float]:
        try:
            found = json.loads(self._state.read_text())
            return {str(image_id): float(moment) for image_id, moment in found.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            # A lost list only starts the grace periods anew.
            return {}

    def _write(self, moments: Mapping[str, float]) -> None:
        new = self._state.with_suffix(f".{os.getpid()}")
        new.write_text(json.dumps(moments, sort_keys=True))
        new.replace(self._state)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        self._work_path.mkdir(mode=0o750, parents=True, exist_ok=True)
        with (self._work_path / "sync.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise BusyError("another process synchronises the images of this host; nothing was done") from error
            yield
