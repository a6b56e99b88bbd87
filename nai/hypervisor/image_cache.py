"""Nova's periodic look at the images of a host."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from oslo_log import log as logging

from .engine import DockerException, EngineError, reason
from .image_sync import BusyError, Synchroniser
from .keystone_glance import KeystoneSource
from .source import SourceError

if TYPE_CHECKING:
    from oslo_config import cfg

    from .images import ImageStore

LOG = logging.getLogger(__name__)


def prune(conf: cfg.ConfigOpts, store: ImageStore, needed: Collection[str]) -> None:
    """Removes copies that are neither in Glance nor needed, after their grace period.

    Without Glance's list nothing is removed.

    Args:
        conf: nova.conf.
        store: The host's copies.
        needed: Ids of images that instances of this host were made from.
    """
    section = conf.nai_docker
    try:
        listed = KeystoneSource(conf).docker_images().keys()
        synchroniser = Synchroniser(store, Path(section.work_path), section.image_grace_period_seconds)
        report = synchroniser.prune({*needed, *listed})
    except (SourceError, BusyError, EngineError, DockerException) as error:
        LOG.warning("no image was removed from this host: %s", reason(error))
        return
    if report.removed:
        LOG.info("images removed from this host: %s", ", ".join(report.removed))
