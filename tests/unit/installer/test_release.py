"""What the data files of the releases say, read without a host."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from nai.installer import checkout as where
from nai.installer import release as releases
from nai.installer.checkout import checkout
from nai.installer.release import INSTALLERS, Release, ReleaseError, all_releases
from nai.installer.schema import schema


@pytest.mark.parametrize("release", all_releases(), ids=lambda release: release.name)
def test_each_release_wants_groups_and_says_what_installs_it(release: Release) -> None:
    assert release.installer in INSTALLERS
    names = [group.name for group in release.groups]
    assert len(names) == len(set(names))
    for group in release.groups:
        assert group.help.startswith("the host") or group.help.startswith("the ")
        assert group.maximum is None or group.maximum >= group.minimum
        assert set(group.excludes) <= set(names)
        assert all(
            group.name in release_group.excludes
            for release_group in release.groups
            if release_group.name in group.excludes
        ), "two groups exclude each other"


def test_groups_of_a_host() -> None:
    kilo = Release.named("kilo")
    assert kilo.parents == ("packstack", "compute")
    assert [group.name for group in kilo.children_of("compute")] == ["compute_docker", "compute_kvm"]
    assert kilo.groups_of(["all", "nai", "packstack", "compute", "compute_kvm"]) == (
        "compute_kvm",
        "packstack",
        "compute",
    )


def test_a_release_that_does_not_exist() -> None:
    with pytest.raises(ReleaseError, match="yoga: is a release that does not exist; there are epoxy, kilo"):
        Release.named("yoga")


@pytest.fixture
def own_releases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty directory of releases of a checkout of its own."""
    folder = tmp_path / "playbooks" / "releases"
    folder.mkdir(parents=True)
    (tmp_path / "ansible.cfg").write_text("")
    monkeypatch.setenv("NAI_CHECKOUT", str(tmp_path))
    for cached in (where.checkout, releases._read):
        cached.cache_clear()
    yield folder
    monkeypatch.undo()
    for cached in (where.checkout, releases._read):
        cached.cache_clear()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nai_release_facts: {installer: packages, groups: []}", "services"),
        ("nai_release_facts: {installer: packages, groups: [{name: x, minimum: 0}], services: {}}", "help"),
        ("nai_release_facts: {installer: fuel, groups: [], services: {}}", "write one of packages, packstack"),
        ("- x", "cannot be used"),
    ],
)
def test_a_file_that_lacks_something(own_releases: Path, text: str, words: str) -> None:
    (own_releases / "mine.yml").write_text(text)
    with pytest.raises(ReleaseError, match=words) as caught:
        Release.named("mine")
    assert str(own_releases / "mine.yml") in str(caught.value)


EPOXY_SECRETS = [
    "glance_database_password",
    "glance_service_password",
    "keystone_admin_password",
    "keystone_database_password",
    "media_project_password",
    "neutron_database_password",
    "neutron_metadata_secret",
    "neutron_service_password",
    "nfvo_admin_password",
    "nfvo_broker_password",
    "nfvo_database_password",
    "nfvo_encryption_secret",
    "nova_database_password",
    "nova_service_password",
    "placement_database_password",
    "placement_service_password",
    "rabbitmq_ems_password",
    "rabbitmq_openstack_password",
    "rabbitmq_vnfm_password",
    "vnfm_generic_broker_password",
    "vnfm_generic_database_password",
    "vnfm_media_server_broker_password",
    "vnfm_media_server_database_password",
    "vnfm_media_server_turn_password",
]


def test_secrets_of_a_release_are_those_that_something_reads() -> None:
    epoxy, kilo = (list(schema().secrets_for("full", release)) for release in ("epoxy", "kilo"))
    assert epoxy == EPOXY_SECRETS
    assert set(kilo) - set(epoxy) == {
        "packstack_mariadb_root_password",
        "packstack_admin_token_secret",
        "packstack_dashboard_secret",
    }
    media_plane = {name for name in EPOXY_SECRETS if name.startswith(("media_project_", "nfvo_", "vnfm_"))}
    media_plane |= {"rabbitmq_ems_password", "rabbitmq_vnfm_password"}
    assert set(epoxy) - set(kilo) == media_plane | {"placement_database_password", "placement_service_password"}
    used = "".join(path.read_text() for path in (checkout() / "roles").rglob("*.yml") if path.parent.name != "meta")
    assert not [name for name in {*epoxy, *kilo} if name not in used]
