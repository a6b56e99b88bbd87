"""An instance as an image."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nai.hypervisor import snapshot
from tests.unit.hypervisor.record import CONTAINER, IMAGE, INSTANCE, SAVED


@given(chunks=st.lists(st.binary(max_size=50)), sizes=st.lists(st.integers(0, 40), max_size=20))
def test_reading_in_any_portions_gives_all_bytes_in_order(chunks: list[bytes], sizes: list[int]) -> None:
    reader = snapshot.ChunkReader(iter(chunks))
    parts = [reader.read(size) for size in sizes]
    assert all(len(part) <= size for part, size in zip(parts, sizes, strict=True))
    assert b"".join([*parts, reader.read()]) == b"".join(chunks)
    assert reader.read(10) == b""


def test_a_snapshot_has_the_command_of_its_origin_and_no_instances_labels() -> None:
    ran = ["/bin/sh", "/.nai/boot", "run", "this"]
    changes = snapshot.changes_of({"Entrypoint": ["/entry"], "Cmd": ["a", "b"]}, ran)
    assert changes[:2] == ['ENTRYPOINT ["/entry"]', 'CMD ["a", "b"]']
    assert 'LABEL nai.instance=""' in changes


@pytest.mark.parametrize(
    ("config", "ran", "expected"),
    [
        ({"Cmd": ["httpd"]}, ["/bin/sh", "/.nai/boot", "other"], '["httpd"]'),
        ({}, ["/bin/sh", "/.nai/boot", "run", "this"], '["run", "this"]'),
        ({"Entrypoint": None}, ["no", "shell"], '["no", "shell"]'),
    ],
)
def test_a_command_without_entry_point_becomes_one(config: dict[str, Any], ran: list[str], expected: str) -> None:
    changes = snapshot.changes_of(config, ran)
    assert changes[0] == f"ENTRYPOINT {expected}"
    assert not [change for change in changes if change.startswith("CMD")]


class Engine:
    """An engine with one running instance."""

    def __init__(self) -> None:
        """Keeps what it is told."""
        self.client = self.bulk_client = self
        self.removed: list[str] = []
        self.committed: dict[str, Any] = {}

    def inspect_container(self, _name: str) -> dict[str, Any]:
        """Stands in for the real one."""
        return {"Id": CONTAINER, "Image": "sha256:origin", "Config": {"Entrypoint": ["httpd"]}}

    def inspect_image(self, _name: str) -> dict[str, Any]:
        """Stands in for the real one."""
        return {"Config": {"Cmd": ["httpd"]}}

    def commit(self, container: str, **options: Any) -> dict[str, str]:
        """Stands in for the real one."""
        self.committed = {"container": container, **options}
        return {"Id": "sha256:new"}

    def get_image(self, image: str) -> Any:
        """Stands in for the real one."""
        assert image == "sha256:new"
        return iter([b"one", b"two"])

    def remove_image(self, name: str) -> None:
        """Stands in for the real one."""
        self.removed.append(name)


def upload(engine: Engine, update: Any) -> list[str]:
    states: list[str] = []
    api = SimpleNamespace(update=update)
    instance = SimpleNamespace(uuid=INSTANCE)

    def note(task_state: str, expected_state: str | None = None) -> None:
        states.append(task_state)

    snapshot.upload(engine, api, None, instance, SAVED, note)  # type: ignore[arg-type]
    return states


def test_the_layer_goes_to_glance_and_stays_as_the_hosts_copy() -> None:
    engine = Engine()
    received: dict[str, Any] = {}

    def update(_context: object, image_id: str, metadata: dict[str, str], data: Any, purge_props: bool) -> None:
        received.update(id=image_id, data=data.read(), purge=purge_props, **metadata)

    assert upload(engine, update) == ["image_pending_upload", "image_uploading"]
    assert received == {
        "id": SAVED,
        "data": b"onetwo",
        "purge": False,
        "disk_format": "raw",
        "container_format": "docker",
    }
    assert (engine.committed["repository"], engine.committed["tag"]) == ("glance", SAVED)
    assert engine.removed == []
    assert IMAGE not in str(engine.committed)


def test_an_upload_that_fails_leaves_no_copy() -> None:
    engine = Engine()

    def update(*_: object, **__: object) -> None:
        raise OSError("Glance is gone")

    with pytest.raises(OSError, match="Glance is gone"):
        upload(engine, update)
    assert engine.removed == [f"glance:{SAVED}"]
