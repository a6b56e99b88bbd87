"""What the applications of a project may use in all. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nai.paas.errors import LimitError

if TYPE_CHECKING:
    from nai.paas.applications.store import Used


@dataclass(frozen=True)
class Quota:
    """Limits of a project; None is no limit."""

    applications: int | None = None
    instances: int | None = None
    replicas: int | None = None


def check_quota(quota: Quota, used: Used, *, instances: int, replicas: int) -> None:
    """Refuse an application that a project has no room for.

    Args:
        quota: Of the project.
        used: By its other applications.
        instances: Media servers that the application may have.
        replicas: Containers that it has, those of its services included.

    Raises:
        LimitError: Naming all that would be too much.
    """
    wanted = {
        "applications": (quota.applications, used.applications, 1),
        "media servers": (quota.instances, used.instances, instances),
        "containers": (quota.replicas, used.replicas, replicas),
    }
    over = [
        f"{more} more {what}: {have} of {limit} are in use"
        for what, (limit, have, more) in wanted.items()
        if limit is not None and have + more > limit
    ]
    if over:
        raise LimitError(f"The project's quota has no room for {'; '.join(over)}")
