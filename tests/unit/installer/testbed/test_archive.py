"""Which versions of an image stay, and the files they are kept in."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from nai.installer.testbed.archive import KEPT, load, split_by_age
from nai.installer.testbed.recipe import Recipe, archive_of, tag_of
from tests.support.fake_engine import FakeEngine

NAMES = st.sampled_from(["base", "compute", "package-cache"])
TAGS = st.lists(st.builds(lambda name, key: Recipe(name, key, ()).tag, NAMES, st.text("0123456789abcdef", min_size=1)))


@given(TAGS)
def test_the_newest_versions_of_each_image_stay(newest_first: list[str]) -> None:
    kept, old = split_by_age(newest_first)
    assert sorted(kept + old) == sorted(newest_first)
    for name in {tag.split(":")[0] for tag in newest_first}:
        versions = [tag for tag in newest_first if tag.startswith(f"{name}:")]
        assert [tag for tag in kept if tag.startswith(f"{name}:")] == versions[:KEPT]


@given(TAGS)
def test_a_file_tells_its_tag(tags: list[str]) -> None:
    assert [tag_of(archive_of(Path("/cache"), tag)) for tag in tags] == tags


def test_a_damaged_file_is_removed_and_the_image_made_again(tmp_path: Path) -> None:
    archive = archive_of(tmp_path, "nai-host/compute:abc")
    archive.parent.mkdir()
    archive.write_bytes(b"no image")
    engine = FakeEngine()
    engine.failing["load"] = "invalid tar header"
    assert not load(engine, tmp_path, "nai-host/compute:abc")
    assert not archive.exists()


def test_no_file_asks_nothing_of_the_engine(tmp_path: Path) -> None:
    engine = FakeEngine()
    assert not load(engine, tmp_path, "nai-host/compute:abc")
    assert engine.commands == []
