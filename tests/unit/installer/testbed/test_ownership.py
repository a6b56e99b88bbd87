"""Whose testbed something is."""

from pathlib import Path

from nai.installer.testbed.ownership import Owner, checkout_id


def test_a_link_to_a_checkout_is_the_same_checkout(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.mkdir()
    link.symlink_to(real)
    assert checkout_id(link) == checkout_id(real)
    assert checkout_id(tmp_path) != checkout_id(real)


def test_names_say_whose_they_are(tmp_path: Path) -> None:
    owner = Owner(tmp_path, tmp_path)
    assert owner.name("compute1") == f"nai-{owner.id}-compute1"
    assert owner.label == f"nai.testbed={owner.id}"
