"""An image's tag changes with what goes into it, and with nothing else."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from nai.installer.testbed.recipe import Recipe, archive_of, digest, packages_recipe, tree

BASE = Recipe("base", "0123456789ab", ())


@given(
    st.dictionaries(st.text(max_size=5), st.binary(max_size=5), max_size=4), st.text(max_size=5), st.binary(max_size=5)
)
def test_a_changed_part_changes_the_digest(parts: dict[str, bytes], name: str, content: bytes) -> None:
    changed = {**parts, name: content}
    assert (digest(changed) == digest(parts)) == (changed == parts)


def test_text_cannot_move_from_one_part_to_the_next() -> None:
    assert digest({"a": b"bc", "d": b""}) != digest({"a": b"b", "d": b"c"})
    assert digest({"ab": b"c"}) != digest({"a": b"bc"})


def test_the_order_of_packages_is_no_change_but_the_base_is() -> None:
    recipe = packages_recipe(BASE, "compute", ("b", "a"))
    assert recipe == packages_recipe(BASE, "compute", ("a", "b", "a"))
    assert recipe.packages == ("a", "b")
    assert recipe.key != packages_recipe(Recipe("base", "other", ()), "compute", ("a", "b")).key
    assert recipe.key != packages_recipe(BASE, "compute", ("a",)).key


def test_a_file_that_becomes_executable_is_a_change(tmp_path: Path) -> None:
    file = tmp_path / "etc" / "boot"
    file.parent.mkdir()
    file.write_text("x")
    before = digest(tree(tmp_path))
    file.chmod(0o755)
    assert digest(tree(tmp_path)) != before


def test_each_image_has_a_file_of_its_own() -> None:
    tags = [packages_recipe(BASE, name, ("a",)).tag for name in ("controller", "compute")]
    files = {archive_of(Path("/cache"), tag) for tag in tags}
    assert len(files) == 2
    assert all(file.parent == Path("/cache/images") and file.name.endswith(".tar.zst") for file in files)
