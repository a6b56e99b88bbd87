"""Hosts by pattern, as plays choose them."""

import pytest

from nai.installer.inventory import Inventory
from tests.support.repository import ROOT


@pytest.mark.parametrize(
    ("pattern", "limit", "count"),
    [
        ("nai", None, 26),
        ("packstack:&compute_docker:!without_python", None, 20),
        ("controller:!packstack", None, 0),
        ("localhost,all", None, 27),
        ("nai", "master1,blade01", 2),
        ("compute", "master1,blade0*", 9),
        ("operations", None, 0),
    ],
)
def test_hosts_of_a_pattern(pattern: str, limit: str | None, count: int) -> None:
    inventory = Inventory([ROOT / "inventories" / "kilo_blades"])
    assert len(inventory.hosts_of(pattern, limit)) == count
