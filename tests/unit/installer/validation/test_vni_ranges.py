"""Ranges of VXLAN network identifiers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nai.installer.validation.vni_ranges import HIGHEST, LOWEST, problems_of


@pytest.mark.parametrize(
    ("ranges", "wrong"),
    [
        (["1:1000"], []),
        (["1:1000", "1001:2000", f"2001:{HIGHEST}"], []),
        (["1:1000", "900:1100"], [(1, "overlaps 1:1000 in 900:1000")]),
        (["5:6", "1:9", "6:6"], [(1, "overlaps 5:6 in 5:6"), (2, "overlaps 5:6 in 6:6"), (2, "overlaps 1:9 in 6:6")]),
        (["20:10"], [(0, "ends before it begins")]),
        (
            ["0:10", f"5:{HIGHEST + 1}"],
            [(0, "goes beyond what a VXLAN can have"), (1, "goes beyond what a VXLAN can have")],
        ),
        (["10", "a:b", "1:2:3", "-1:5"], [(number, "is no range") for number in range(4)]),
    ],
)
def test_ranges(ranges: list[str], wrong: list[tuple[int, str]]) -> None:
    assert [(problem.position, problem.wrong) for problem in problems_of(ranges)] == wrong


identifiers = st.integers(LOWEST, 50)


@given(st.lists(st.tuples(identifiers, identifiers).map(sorted), max_size=4))
def test_an_identifier_in_two_ranges_is_always_found(bounds: list[list[int]]) -> None:
    members = [set(range(low, high + 1)) for low, high in bounds]
    shared = sum(len(one) for one in members) != len(set().union(*members))
    assert bool(list(problems_of([f"{low}:{high}" for low, high in bounds]))) == shared
