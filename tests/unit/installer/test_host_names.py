"""Many names become a range, and the range stands for these names again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nai.installer.host_names import counted, shortened
from nai.installer.inventory import expanded_hosts


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ([f"blade{number:02d}" for number in range(1, 26)], "blade[01:25]"),
        (["master1", *(f"blade{number:02d}" for number in range(8, 12))], "master1, blade[08:11]"),
        (["a1", "a2"], "a1, a2"),
        (["a1", "a2", "a4", "a5", "a6"], "a1, a2, a[4:6]"),
        (["n9", "n10", "n11"], "n[9:11]"),
        (["n1.example.org", "n2.example.org", "n3.example.org"], "n[1:3].example.org"),
        (["cloud", "cloud", "x"], "cloud, x"),
        ([], ""),
    ],
)
def test_names(names: list[str], text: str) -> None:
    assert shortened(names) == text


@given(st.lists(st.from_regex(r"[a-z]{1,3}[0-9]{0,3}(-[a-z])?", fullmatch=True), unique=True))
def test_no_name_is_lost_or_made_up(names: list[str]) -> None:
    parts = shortened(names).split(", ") if names else []
    assert [name for part in parts for name in expanded_hosts(part)] == names


def test_names_sort_as_a_person_counts() -> None:
    assert sorted(["n10", "n9", "m", "9", "10", "n1.b2", "n1.a3"], key=counted) == [
        *("9", "10", "m", "n1.a3", "n1.b2", "n9", "n10")
    ]
