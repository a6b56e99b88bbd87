"""What Nova knows about instances, asked of its database through the conductor."""

from __future__ import annotations

from collections.abc import Iterable

import nova.context
from nova import objects

from .recovery import Known


def lookup(uuids: Iterable[str]) -> dict[str, Known]:
    """Returns the instances that exist, by UUID; deleted and unknown ones are left out."""
    wanted = list(uuids)
    if not wanted:
        return {}
    found = objects.InstanceList.get_by_filters(nova.context.get_admin_context(), {"uuid": wanted, "deleted": False})
    return {
        instance.uuid: Known(
            host=instance.host or "", vm_state=instance.vm_state or "", task_state=instance.task_state or ""
        )
        for instance in found
    }
