"""Copies of Glance images on the machine's own engine."""

from __future__ import annotations

import io
import json
import tarfile
import threading
import uuid
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from oslo_config import cfg

from nai.hypervisor import names, snapshot
from nai.hypervisor.engine import Engine
from nai.hypervisor.image_sync import Synchroniser
from nai.hypervisor.images import ImageError, ImageStore
from tests.integration.hypervisor.conftest import Machine, OneImage, tree

Load = Callable[[bytes], tuple[str, dict[str, Any]]]
Boot = Callable[..., Machine]


def saved(engine: Engine, image: str, tags: list[str]) -> bytes:
    """Returns an image as `docker save` writes it, under tags of one's own choice."""
    written = io.BytesIO(b"".join(engine.bulk_client.get_image(image)))
    changed = io.BytesIO()
    with tarfile.open(fileobj=written) as old, tarfile.open(fileobj=changed, mode="w") as new:
        for member in old:
            content = old.extractfile(member)
            if member.name == "manifest.json" and content is not None:
                manifest = json.load(content)
                manifest[0]["RepoTags"] = tags
                text = json.dumps(manifest).encode()
                member.size = len(text)
                new.addfile(member, io.BytesIO(text))
            else:
                new.addfile(member, content)
    return changed.getvalue()


def test_a_saved_image_keeps_its_command_and_takes_nobodys_tag(engine: Engine, load: Load, boot: Boot) -> None:
    victim_id, victim = load(tree({"who": b"victim"}))
    origin_id, _ = load(tree({"who": b"attacker"}))
    container = engine.client.create_container_from_config(
        {"Image": names.image_tag(origin_id), "Cmd": ["sh", "-c", "echo its own command; exec sleep 1000"]}
    )["Id"]
    try:
        made = engine.client.commit(container)["Id"]
    finally:
        engine.client.remove_container(container)
    try:
        data = saved(engine, made, [names.image_tag(victim_id), "debian:latest"])
    finally:
        engine.client.remove_image(made)
    image_id, image = load(data)
    assert engine.client.inspect_image(names.image_tag(victim_id))["Id"] == victim["Id"]
    assert image["RepoTags"] == [names.image_tag(image_id)]
    machine = boot((image_id, image), "", [])
    machine.wait_for_console("its own command")
    assert machine.run("cat", "/who") == "attacker"


def test_a_broken_download_leaves_the_copy_that_is_there(store: ImageStore, load: Load, conf: cfg.ConfigOpts) -> None:
    image_id, image = load(tree())
    broken = OneImage(tree({"new": b""}), id=str(uuid.uuid4()))
    whole, broken.data = broken.data, broken.data[:-2048]
    facts = OneImage(whole, id=broken.id).image(broken.id)
    broken.image = lambda _image_id: facts  # type: ignore[method-assign]
    with pytest.raises(ImageError, match=r"bytes arrived"):
        store.ensure(broken.id, broken)
    assert store.find(broken.id) is None
    assert store.find(image_id) == image
    assert list((Path(conf.nai_docker.work_path) / "downloads").iterdir()) == []


def test_two_requests_for_one_image_fetch_it_once(store: ImageStore, engine: Engine) -> None:
    source = OneImage(tree({"twice": b""}))
    fetched: list[bool] = []
    together = threading.Barrier(2)

    def ensure() -> None:
        together.wait()
        fetched.append(store.ensure(source.id, source)[1])

    threads = [threading.Thread(target=ensure) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine.client.remove_image(names.image_tag(source.id))
    assert sorted(fetched) == [False, True]


def test_an_image_goes_when_its_last_instance_has_gone(
    store: ImageStore, engine: Engine, load: Load, boot: Boot, tmp_path: Path
) -> None:
    image = load(tree({"used": b""}))
    machine = boot(image, "sleep 1000", [])
    engine.client.stop(machine.container, timeout=0)
    others = store.copies().keys() - {image[0]}
    synchroniser = Synchroniser(store, tmp_path, grace_seconds=0)
    assert image[0] in synchroniser.prune(others).used
    assert store.remove(image[0]) is False
    machine.bodies.remove(machine.container)
    assert synchroniser.prune(others).removed == [image[0]]
    assert store.find(image[0]) is None


def test_a_snapshot_is_an_image_that_instances_are_made_from(engine: Engine, load: Load, boot: Boot) -> None:
    machine = boot(load(tree()), "sh -c 'echo first life; exec sleep 1000'", [])
    machine.run("sh", "-c", "echo changed > /changed")
    snapshot_id, received = str(uuid.uuid4()), io.BytesIO()

    def update(_context: Any, _image_id: str, _metadata: Any, data: Any, **_: Any) -> None:
        while part := data.read(1 << 16):
            received.write(part)

    instance = SimpleNamespace(uuid=machine.uuid)
    api = SimpleNamespace(update=update)
    snapshot.upload(engine, api, None, instance, snapshot_id, lambda **_: None)
    try:
        copy = engine.client.inspect_image(names.image_tag(snapshot_id))
    finally:
        engine.client.remove_image(names.image_tag(snapshot_id))
    assert copy["Config"]["Entrypoint"] == ["sh", "-c", "echo first life; exec sleep 1000"]
    assert set((copy["Config"]["Labels"] or {}).values()) <= {""}
    again = boot(load(received.getvalue()), "", [])
    again.wait_for_console("first life")
    assert again.run("cat", "/changed") == "changed\n"
