#!/usr/bin/python
# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""An image in Glance that holds what a file holds."""

from __future__ import annotations

DOCUMENTATION = r"""
module: glance_image
short_description: Image in Glance from a file of the host
description:
  - Uploads a file as an image, keeps its properties, and replaces it when the file has changed. The hash that Glance
    keeps of an image tells that.
  - The new image is there before the old one goes. Instances go on with the image that they were made of.
  - What an interrupted upload left is removed.
version_added: 0.1.0
author: The NAI authors
options:
  cloud:
    description: Cloud of O(clouds_file) whose credentials are used; a public image takes the role admin.
    type: str
    default: nai
  clouds_file:
    description: The clouds.yaml to read.
    type: path
    default: /etc/openstack/clouds.yaml
  state:
    description: V(absent) removes every image of the name that the project owns.
    type: str
    choices: [present, absent]
    default: present
  name:
    description: Name of the image.
    type: str
    required: true
  file:
    description: The file on the host. Required for O(state=present).
    type: path
  container_format:
    description: Glance's container format.
    type: str
    default: docker
  disk_format:
    description: Glance's disk format.
    type: str
    default: raw
  visibility:
    description: Who may use it.
    type: str
    choices: [public, private, shared, community]
    default: public
  properties:
    description: Further properties. Others stay as they are; one with an empty value is removed.
    type: dict
    default: {}
attributes:
  check_mode:
    description: >-
      Tells what would change. Where the SDK, the credentials, Glance or the file are not there yet, everything would.
    support: full
  diff_mode:
    description: Shows what differs.
    support: full
"""

EXAMPLES = r"""
- name: Offer the media server
  nubomedia.nai.glance_image:
    name: nai-kurento-stand-in
    file: /var/cache/nai/media-server-image/image.tar
    properties: {os_command_line: /usr/bin/python3 -u -m kurento_stand_in}
"""

RETURN = r"""
image_id:
  description: Id of the image; empty when it is not there (yet).
  returned: when the cloud could be asked
  type: str
  sample: 0d3ab2d7-5d0a-4d4c-8d2b-1f4d4c0c7b11
changes:
  description: What was (or would be) changed, one line each.
  returned: when the cloud could be asked
  type: list
  elements: str
  sample: ["image nai-kurento-stand-in: created"]
"""

import hashlib  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402
from urllib.parse import quote  # noqa: E402

from ansible.module_utils.basic import AnsibleModule  # noqa: E402
from ansible_collections.nubomedia.nai.plugins.module_utils.openstack import (  # noqa: E402
    CLOUD_ARGUMENTS,
    CloudError,
    call,
    run,
    sdk_errors,
)
from ansible_collections.nubomedia.nai.plugins.module_utils.state_diff import StateDiff  # noqa: E402

PATCH = {"Content-Type": "application/openstack-images-v2.1-json-patch"}
CHUNK_BYTES = 1 << 20
HASHES = ("sha512", "sha256", "md5")
"""Algorithms that Glance may use."""


class Image:
    """The images of a name, and the requests that bring them to what is wanted."""

    def __init__(self, client: Any, project_id: str, params: dict[str, Any], check_mode: bool) -> None:
        """Lists them; those that are whole, and the leftovers of uploads that were interrupted."""
        self.client = client
        self.params = params
        self.check_mode = check_mode
        self.diff = StateDiff()
        self.name = params["name"]
        listed = call(client, "GET", f"/images?name={quote(self.name)}&owner={project_id}&limit=100")["images"]
        self.whole = [item for item in listed if item["status"] == "active"]
        self.leftovers = [item for item in listed if item["status"] != "active"]

    @property
    def id(self) -> str:
        """Id of the image; empty where there is none."""
        return str(self.whole[0]["id"]) if self.whole else ""

    def ensure(self) -> None:
        """Uploads it, replaces it or changes its properties."""
        for item in self.leftovers:
            self._remove(item, "of an interrupted upload")
        path = Path(self.params["file"])
        if not path.is_file():
            if not self.check_mode:
                raise CloudError(f"{path} is not there")
            self.diff.created("image", self.name)
            return
        current = next((item for item in self.whole if self._holds(item, path)), None)
        if current is None:
            old, self.whole = self.whole, []
            if old:
                self.diff.updated("image", self.name, {"size": old[0].get("size")}, {"size": path.stat().st_size})
            else:
                self.diff.created("image", self.name, {"size": path.stat().st_size})
            if not self.check_mode:
                self.whole = [self._upload(path)]
                for item in old:
                    call(self.client, "DELETE", f"/images/{item['id']}")
            return
        for item in [item for item in self.whole if item is not current]:
            self._remove(item, "beside the current one")
        self.whole = [current]
        self._ensure_properties(current)

    def remove(self) -> None:
        """Removes all of them."""
        for item in [*self.leftovers, *self.whole]:
            self._remove(item, str(item["status"]))
        self.whole = []

    def _remove(self, item: dict[str, Any], what: str) -> None:
        self.diff.removed("image", f"{self.name} {item['id']} ({what})")
        if not self.check_mode:
            call(self.client, "DELETE", f"/images/{item['id']}")

    def _wanted(self) -> dict[str, str]:
        """Everything but the content, as Glance has it."""
        properties = {key: str(value) for key, value in self.params["properties"].items()}
        keys = ("container_format", "disk_format", "visibility")
        return {**{key: self.params[key] for key in keys}, **properties}

    def _holds(self, item: dict[str, Any], path: Path) -> bool:
        """Whether an image holds what the file holds; formats cannot be changed once there is content."""
        if any(item.get(key) != self.params[key] for key in ("container_format", "disk_format")):
            return False
        if item.get("size") != path.stat().st_size:
            return False
        algorithm, known = item.get("os_hash_algo"), item.get("os_hash_value")
        if not known:  # before Rocky
            algorithm, known = "md5", item.get("checksum")
        if algorithm not in HASHES:
            return False
        return digest(path, str(algorithm)) == known

    def _upload(self, path: Path) -> dict[str, Any]:
        wanted = {key: value for key, value in self._wanted().items() if value}
        made: dict[str, Any] = call(self.client, "POST", "/images", {"name": self.name, **wanted})
        with path.open("rb") as stream:
            headers = {"Content-Type": "application/octet-stream"}
            # A write is never repeated: nobody knows how much of it arrived.
            answer = self.client.request(
                f"/images/{made['id']}/file", "PUT", data=stream, headers=headers, connect_retries=0
            )
        sdk_errors.raise_from_response(answer)
        return made

    def _ensure_properties(self, current: dict[str, Any]) -> None:
        wanted = self._wanted()
        changes = {key: value for key, value in wanted.items() if (current.get(key) or "") != value}
        if not changes:
            return
        self.diff.updated("image", self.name, current, changes)
        if self.check_mode:
            return
        steps = [
            {"op": "remove", "path": f"/{key}"}
            if not value
            else {"op": "replace" if key in current else "add", "path": f"/{key}", "value": value}
            for key, value in changes.items()
        ]
        answer = self.client.request(f"/images/{current['id']}", "PATCH", json=steps, headers=PATCH, connect_retries=0)
        sdk_errors.raise_from_response(answer)


def digest(path: Path, algorithm: str) -> str:
    """Hash of a file."""
    found = hashlib.new(algorithm, usedforsecurity=False)
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            found.update(chunk)
    return found.hexdigest()


def main() -> None:
    """Runs the module."""
    module = AnsibleModule(
        argument_spec={
            **CLOUD_ARGUMENTS,
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "name": {"type": "str", "required": True},
            "file": {"type": "path"},
            "container_format": {"type": "str", "default": "docker"},
            "disk_format": {"type": "str", "default": "raw"},
            "visibility": {
                "type": "str",
                "choices": ["public", "private", "shared", "community"],
                "default": "public",
            },
            "properties": {"type": "dict", "default": {}},
        },
        required_if=[("state", "present", ["file"])],
        supports_check_mode=True,
    )

    def body(connection: Any) -> Any:
        image = Image(connection.image, connection.current_project_id, module.params, module.check_mode)
        if module.params["state"] == "present":
            image.ensure()
        else:
            image.remove()
        return image.diff.result(image_id=image.id)

    run(module, body)


if __name__ == "__main__":
    main()
