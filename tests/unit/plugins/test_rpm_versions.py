"""Order of RPM versions, and what a pin means; the examples are those of rpm's own documentation and test suite."""

from __future__ import annotations

import pytest
from ansible_collections.nubomedia.nai.plugins.module_utils.rpm_steps import Wanted, differences
from ansible_collections.nubomedia.nai.plugins.module_utils.rpm_transaction import Rpms
from ansible_collections.nubomedia.nai.plugins.module_utils.rpm_versions import Evr
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("1.0", "2.0"),
        ("2.0", "2.0.1"),
        ("2.0.1", "2.0.1a"),
        ("5.5p1", "5.5p2"),
        ("5.5p9", "5.5p10"),
        ("10xyz", "10.1xyz"),
        ("xyz10", "xyz10.1"),
        ("xyz.4", "8"),
        ("6.0.rc1", "6.0.1"),
        ("1.0aa", "1.0.1"),
        ("1.05", "1.6"),
        ("1.0~rc1", "1.0"),
        ("1.0~rc1", "1.0~rc2"),
        ("1.0~rc1~git123", "1.0~rc1"),
        ("1.0", "1.0^"),
        ("1.0^git1", "1.0^git2"),
        ("1.0^git1", "1.01"),
        ("1.0^20160101", "1.0.1"),
        ("1.0~rc1^git1", "1.0"),
        ("1.8.1-2.el7", "1.8.1-20.el7"),
        ("9-1", "1:1-1"),
    ],
)
def test_order(older: str, newer: str) -> None:
    assert Evr.parse(older) < Evr.parse(newer)
    assert not Evr.parse(newer) < Evr.parse(older)


@given(st.lists(st.text("019ab.~^_", min_size=1, max_size=6), min_size=3, max_size=3))
def test_the_order_has_no_circles(versions: list[str]) -> None:
    first, second, third = sorted(Evr(0, version, "1") for version in versions)
    assert not second < first
    assert not third < second
    assert not third < first


@pytest.mark.parametrize(
    ("pin", "meant"),
    [
        ("1.8.1-2.el7", True),
        ("1.8.1-2", True),
        ("1.8.1", True),
        ("1.8.*", True),
        ("0:1.8.1-2", True),
        ("1:1.8.1-2", False),
        ("1.8.1-20", False),
        ("1.8", False),
        ("1.8.1-2.el6", False),
    ],
)
def test_what_a_pin_means(pin: str, meant: bool) -> None:
    assert Evr.parse("1.8.1-2.el7").is_meant_by(pin) is meant


@pytest.mark.parametrize("text", ["", ":1", "x:1", "-1"])
def test_what_is_no_version(text: str) -> None:
    with pytest.raises(ValueError, match="VERSION"):
        Evr.parse(text)


def test_what_a_killed_transaction_left_twice_is_put_right() -> None:
    left = ["python-pbr\t0\t0.8.0\t1.el7\n", "python-pbr\t0\t1.8.1\t2.el7\n"]
    commands = []

    def run(argv: list[str]) -> tuple[int, str, str]:
        commands.append(" ".join(argv))
        if argv[1] == "-e":
            del left[0]
        return 0, "".join(left), ""

    wanted = [Wanted("python-pbr", "1.8.1-2")]
    steps = Rpms(run).ensure(wanted, check_mode=False)
    assert [str(step) for step in steps] == ["package python-pbr: 0.8.0-1.el7 removed beside 1.8.1-2"]
    assert [command for command in commands if not command.startswith("rpm -q")] == ["rpm -e python-pbr-0.8.0-1.el7"]
    assert differences([Wanted("python-pbr")], {"python-pbr": [Evr(0, "1", "1"), Evr(0, "2", "1")]}) == []
