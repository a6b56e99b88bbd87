"""glance_image: contract, properties, and what interrupted uploads leave."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.nubomedia.nai.plugins.module_utils.openstack import CloudError
from ansible_collections.nubomedia.nai.plugins.modules.glance_image import Image

from tests.unit.openstack.conftest import Answer


class Glance:
    """Images in memory."""

    def __init__(self) -> None:
        self.images: dict[str, dict[str, Any]] = {}
        self.writes: list[tuple[str, str]] = []
        self.hashing = "sha512"

    def request(self, path: str, method: str, **options: Any) -> Answer:
        """One request, as an adapter of keystoneauth takes it."""
        if method != "GET":
            self.writes.append((method, path))
        _, _, rest = path.partition("/images")
        identifier = rest.strip("/").partition("/")[0]
        if method == "GET":
            return Answer({"images": [dict(item) for item in self.images.values()]})
        if method == "POST":
            made = {**options["json"], "id": f"i{len(self.writes)}", "status": "queued", "size": None}
            self.images[made["id"]] = made
            return Answer(dict(made))
        if method == "PUT":
            content = options["data"].read()
            known: dict[str, Any] = {"status": "active", "size": len(content)}
            if self.hashing == "md5":
                known["checksum"] = hashlib.md5(content, usedforsecurity=False).hexdigest()
            else:
                known |= {"os_hash_algo": "sha512", "os_hash_value": hashlib.sha512(content).hexdigest()}
            self.images[identifier].update(known)
        if method == "PATCH":
            for step in options["json"]:
                key = step["path"].strip("/")
                if step["op"] == "remove":
                    del self.images[identifier][key]
                else:
                    assert (step["op"] == "replace") == (key in self.images[identifier])
                    self.images[identifier][key] = step["value"]
        if method == "DELETE":
            del self.images[identifier]
        return Answer({})


@pytest.fixture
def glance() -> Glance:
    """Glance without an image."""
    return Glance()


@pytest.fixture
def parameters(tmp_path: Path) -> dict[str, Any]:
    """A file and how it is uploaded."""
    file = tmp_path / "image.tar"
    file.write_bytes(b"one")
    return {
        "name": "media server",
        "file": str(file),
        "container_format": "docker",
        "disk_format": "raw",
        "visibility": "public",
        "properties": {"os_command_line": "run"},
    }


def apply(glance: Glance, parameters: dict[str, Any], state: str = "present", check_mode: bool = False) -> Image:
    """Runs the module's body."""
    image = Image(glance, "p0", parameters, check_mode)
    if state == "present":
        image.ensure()
    else:
        image.remove()
    return image


@pytest.mark.parametrize("hashing", ["sha512", "md5"])
def test_the_contract(glance: Glance, parameters: dict[str, Any], hashing: str) -> None:
    glance.hashing = hashing
    seen = []
    for content in ("one", "two", "gone"):
        Path(parameters["file"]).write_text(content)
        for check_mode in (True, False, True, False):
            before = len(glance.writes)
            image = apply(glance, parameters, "absent" if content == "gone" else "present", check_mode)
            seen.append(bool(image.diff.changes))
            assert not check_mode or len(glance.writes) == before
            assert len(glance.images) <= 1
    assert seen == [True, True, False, False] * 3


def test_the_new_image_is_whole_before_the_old_one_goes(glance: Glance, parameters: dict[str, Any]) -> None:
    apply(glance, parameters)
    Path(parameters["file"]).write_text("two")
    glance.writes.clear()
    apply(glance, parameters)
    assert [method for method, _ in glance.writes] == ["POST", "PUT", "DELETE"]


def test_properties_are_changed_in_place(glance: Glance, parameters: dict[str, Any]) -> None:
    first = apply(glance, parameters).id
    changed = {**parameters, "visibility": "private", "properties": {"os_command_line": "", "more": 1}}
    second = apply(glance, changed)
    assert second.id == first
    assert second.diff.changes == ["image media server: more, os_command_line, visibility changed"]
    assert not apply(glance, changed).diff.changes


def test_another_format_takes_another_upload(glance: Glance, parameters: dict[str, Any]) -> None:
    first = apply(glance, parameters).id
    assert apply(glance, {**parameters, "container_format": "bare"}).id != first


def test_what_an_interrupted_upload_left_goes(glance: Glance, parameters: dict[str, Any]) -> None:
    glance.images["half"] = {"id": "half", "name": "media server", "status": "saving"}
    apply(glance, parameters)
    assert [item["status"] for item in glance.images.values()] == ["active"]


def test_a_file_that_is_missing_is_a_failure_only_outside_check_mode(
    glance: Glance, parameters: dict[str, Any]
) -> None:
    Path(parameters["file"]).unlink()
    assert apply(glance, parameters, check_mode=True).diff.changes
    with pytest.raises(CloudError, match="is not there"):
        apply(glance, parameters)
