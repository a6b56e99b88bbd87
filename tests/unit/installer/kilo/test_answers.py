"""packstack's answer file: keys, text, and what makes it run again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nai.installer.kilo import answer_file, fingerprint, known_keys, unknown_keys
from nai.installer.kilo.answers import AnswerError

ANSWERS = {"CONFIG_COMPUTE_HOSTS": ["192.0.2.101", "192.0.2.102"], "CONFIG_NOVA_INSTALL": True, "CONFIG_REPO": None}


def test_the_list_is_that_of_kilo() -> None:
    assert len(known_keys()) == len(set(known_keys())) == 234
    assert {"CONFIG_NEUTRON_ML2_VNI_RANGES", "EXCLUDE_SERVERS"} <= set(known_keys())


def test_all_known_keys_are_known() -> None:
    assert unknown_keys(known_keys()) == []


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("CONFIG_NEUTRON_ML2_VNI_RANGE", "write CONFIG_NEUTRON_ML2_VNI_RANGES"),
        ("config_nova_install", "write CONFIG_NOVA_INSTALL"),
        # Came after Kilo, and looks like nothing in it.
        ("CONFIG_AODH_X", "take it out"),
    ],
)
def test_an_unknown_key_is_told_with_its_nearest(key: str, told: str) -> None:
    [unknown] = unknown_keys(["CONFIG_NOVA_INSTALL", key])
    assert str(unknown) == f"{key}: is no key of packstack's answer file in Kilo; {told}"


def test_the_text() -> None:
    assert answer_file({**ANSWERS, "CONFIG_NEUTRON_OVS_VXLAN_UDP_PORT": 4789, "CONFIG_SWIFT_INSTALL": False}) == (
        "[general]\n"
        "CONFIG_COMPUTE_HOSTS=192.0.2.101,192.0.2.102\n"
        "CONFIG_NEUTRON_OVS_VXLAN_UDP_PORT=4789\n"
        "CONFIG_NOVA_INSTALL=y\n"
        "CONFIG_REPO=\n"
        "CONFIG_SWIFT_INSTALL=n\n"
    )


@pytest.mark.parametrize("value", ["two\nlines", " edge", "a ;comment", {"a": 1}, ["fine", {"a": 1}]])
def test_a_value_that_packstack_cannot_read_is_refused_and_not_told(value: object) -> None:
    with pytest.raises(AnswerError) as caught:
        answer_file({"CONFIG_KEYSTONE_ADMIN_PW": value})
    assert str(caught.value).startswith("CONFIG_KEYSTONE_ADMIN_PW: ")
    assert str(value) not in str(caught.value)


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(AnswerError) as caught:
        answer_file({"CONFIG_A": 1, "CONFIG_REPO": "a\nb", "CONFIG_B": 1})
    assert len(str(caught.value).splitlines()) == 3


@given(st.lists(st.ip_addresses(v=4).map(str)), st.lists(st.ip_addresses(v=4).map(str)))
def test_which_hosts_does_not_change_the_fingerprint(compute: list[str], excluded: list[str]) -> None:
    other = {**ANSWERS, "CONFIG_COMPUTE_HOSTS": compute, "EXCLUDE_SERVERS": excluded}
    assert fingerprint(other) == fingerprint(ANSWERS)


def test_anything_else_does() -> None:
    assert fingerprint({**ANSWERS, "CONFIG_NOVA_INSTALL": False}) != fingerprint(ANSWERS)
    assert fingerprint({**ANSWERS, "CONFIG_NAGIOS_INSTALL": False}) != fingerprint(ANSWERS)
