"""Filters of the roles that install Kilo."""

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.nubomedia.nai.plugins.filters import packstack_answers, yum_repositories
from ansible_collections.nubomedia.nai.plugins.filters.to_ini import to_ini

BASE = {"id": "base", "url": "http://mirror.example.org/os", "key_url": "http://mirror.example.org/key"}


def test_a_repository_is_signed_and_pinned() -> None:
    pinned = {**BASE, "name": "Base system", "exclude": ["python-pbr", "docker*"], "include_only": ["nova*"]}
    assert to_ini(yum_repositories.yum_repositories([pinned])) == (
        "[base]\n"
        "name = Base system\n"
        "baseurl = http://mirror.example.org/os\n"
        "enabled = 1\n"
        "gpgcheck = 1\n"
        "gpgkey = http://mirror.example.org/key\n"
        "exclude = python-pbr docker*\n"
        "includepkgs = nova*\n"
    )


def test_a_repository_without_pins_has_no_empty_options() -> None:
    text = to_ini(yum_repositories.yum_repositories([BASE]))
    assert "name = base\n" in text
    assert "exclude" not in text
    assert "includepkgs" not in text


def test_two_repositories_of_one_id_are_refused() -> None:
    with pytest.raises(AnsibleFilterError, match="two repositories have the id base"):
        yum_repositories.yum_repositories([BASE, BASE])


def test_answers() -> None:
    filters = packstack_answers.FilterModule().filters()
    assert filters["packstack_answer_file"]({"CONFIG_NOVA_INSTALL": True}) == "[general]\nCONFIG_NOVA_INSTALL=y\n"
    assert len(filters["packstack_fingerprint"]({"CONFIG_NOVA_INSTALL": True})) == 64
    assert set(yum_repositories.FilterModule().filters()) == {"yum_repositories"}


def test_an_unknown_answer_is_an_error_of_the_filter() -> None:
    with pytest.raises(AnsibleFilterError, match=r"CONFIG_NOVA_INSTAL: is no key .* write CONFIG_NOVA_INSTALL"):
        packstack_answers.packstack_answer_file({"CONFIG_NOVA_INSTAL": True})
