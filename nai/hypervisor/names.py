"""Names and labels by which the driver finds again what it made."""

from __future__ import annotations

import re

LABEL_INSTANCE = "nai.instance"
"""UUID of the instance that a container is the body of."""

LABEL_NAME = "nai.name"
"""Nova's name of the instance (`instance-0000002a`)."""

LABEL_IMAGE = "nai.image"
"""Glance's id of the image it was made from; empty when it was booted without one."""

IMAGE_REPOSITORY = "glance"
"""Repository of all images that come from Glance; the tag is Glance's id."""

IN_GUEST = "/.nai"
"""Where the driver's own files lie inside an instance."""

READY = "nai-ready"
"""Alias of an instance's loopback once its network is complete: a thing the helper can set from outside, and a shell
can read inside, in /sys/class/net/lo/ifalias."""

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TAP = re.compile(r"tap[0-9a-f]{8}-[0-9a-f]{2}")


def container_name(instance_uuid: str) -> str:
    """Returns the name of an instance's container; the engine gives a name once, so an instance has one container."""
    return f"nova-{instance_uuid}"


def image_tag(image_id: str) -> str:
    """Returns the tag a Glance image has in the engine."""
    return f"{IMAGE_REPOSITORY}:{image_id}"


def tap_name(port_id: str) -> str:
    """Returns the name of a port's device on the host, the one Neutron's agent expects."""
    return f"tap{port_id[:11]}"
