"""The host's copies."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from oslo_config import cfg

from nai.hypervisor.engine import Engine
from nai.hypervisor.images import ImageError, ImageStore
from nai.hypervisor.source import GlanceImage
from tests.unit.hypervisor.engine_tape import Player
from tests.unit.hypervisor.record import IMAGE
from tests.unit.hypervisor.test_archive import saved_files, tar_of

DATA = tar_of({"bin/sh": b"#!", "etc/passwd": b"root"})


class Glance:
    """One image, given out as told."""

    def __init__(self, data: bytes = DATA, **changes: object) -> None:
        """Keeps what it is told."""
        values = {
            "id": IMAGE,
            "name": "web",
            "status": "active",
            "container_format": "docker",
            "size": len(data),
            "os_hash_algo": "sha512",
            "os_hash_value": hashlib.sha512(data).hexdigest(),
        }
        self._image = GlanceImage.of(values | changes)
        self._data = data
        self.downloads = 0

    def image(self, image_id: str) -> GlanceImage:
        """Stands in for the real one."""
        assert image_id == IMAGE
        return self._image

    def chunks(self, _image_id: str) -> Iterator[bytes]:
        """Stands in for the real one."""
        self.downloads += 1
        for start in range(0, len(self._data), 1000):
            yield self._data[start : start + 1000]


@pytest.fixture
def store(engine: Engine, conf: cfg.ConfigOpts) -> ImageStore:
    """Copies of an engine that has none yet."""
    return ImageStore(engine, Path(conf.nai_docker.work_path))


def parts(conf: cfg.ConfigOpts) -> list[Path]:
    return list((Path(conf.nai_docker.work_path) / "downloads").glob("*"))


def test_a_root_file_system_is_imported_under_glances_id(store: ImageStore, tape: Player, conf: cfg.ConfigOpts) -> None:
    glance = Glance()
    tape.exchanges.insert(0, tape.exchanges[1])  # not there, and still not there with the lock held
    image, fetched = store.ensure(IMAGE, glance)
    assert fetched
    assert image["Id"].startswith("sha256:")
    (sent,) = tape.requests_of("POST", f"/images/create?repo=glance&tag={IMAGE}&fromSrc=-")
    assert sent.body == DATA
    assert parts(conf) == []
    # The second time nothing is fetched.
    assert store.ensure(IMAGE, glance)[1] is False
    assert glance.downloads == 1


def test_a_saved_image_is_loaded_under_glances_id_whatever_it_calls_itself(store: ImageStore, tape: Player) -> None:
    tape.exchanges.insert(0, tape.exchanges[1])
    store.ensure(IMAGE, Glance(tar_of(saved_files(["glance:99999999-9999-4999-8999-999999999999"]))))
    (sent,) = tape.requests_of("POST", "/images/load")
    assert f"glance:{IMAGE}".encode() in sent.body
    assert b"glance:99999999" not in sent.body


@pytest.mark.parametrize(
    ("glance", "words"),
    [
        (Glance(os_hash_value="0" * 128), "sha512 digest of what arrived is not the one Glance has"),
        (Glance(size=10**9), f"{len(DATA)} of 1000000000 bytes arrived"),
        (Glance(container_format="bare"), "container_format is 'bare'"),
        (Glance(status="queued"), "its status is 'queued'"),
        (Glance(b"no tar" * 1000), "neither the output of docker save nor a tar"),
    ],
)
def test_a_broken_image_never_reaches_the_engine(
    store: ImageStore, tape: Player, conf: cfg.ConfigOpts, glance: Glance, words: str
) -> None:
    tape.exchanges.insert(0, tape.exchanges[1])
    with pytest.raises(ImageError, match=words):
        store.ensure(IMAGE, glance)
    assert not tape.requests_of("POST", "/images/")
    assert parts(conf) == []


def test_an_image_of_an_old_release_is_checked_by_its_md5() -> None:
    image = GlanceImage.of({"id": IMAGE, "checksum": "ab", "properties": {"os_hash_algo": None}})
    assert (image.hash_algorithm, image.hash_value) == ("md5", "ab")
    assert GlanceImage.of({"id": IMAGE}).hash_algorithm == ""


def test_an_image_that_a_stopped_container_is_made_from_is_in_use(store: ImageStore, tape: Player) -> None:
    for exchange in tape.exchanges:
        if exchange.request.startswith("GET /containers/json"):
            found = json.loads(exchange.body)
            found[0]["State"] = "exited"
            exchange.body = json.dumps(found).encode()
    assert store.copies().keys() == {IMAGE}
    assert store.in_use() == {IMAGE}
    assert store.remove(IMAGE) is False
    assert not tape.requests_of("DELETE", "/images/")


def test_an_image_without_containers_goes(store: ImageStore, tape: Player) -> None:
    for exchange in tape.exchanges:
        if exchange.request.startswith("GET /containers/json"):
            exchange.body = b"[]"
    assert store.remove(IMAGE) is True
    assert len(tape.requests_of("DELETE", f"/images/glance:{IMAGE}")) == 1


def test_downloads_of_dead_processes_are_removed(store: ImageStore, conf: cfg.ConfigOpts) -> None:
    downloads = Path(conf.nai_docker.work_path) / "downloads"
    downloads.mkdir(parents=True)
    (downloads / f"{IMAGE}.999999999.abc.part").touch()
    alive = downloads / f"{IMAGE}.1.abc.part"
    alive.touch()
    store.tidy()
    assert parts(conf) == [alive]
