"""What does not go together in the media plane's variables has its one line."""

from pathlib import Path
from typing import Any

import pytest

from nai.installer.validation import validate
from tests.unit.installer.conftest import MakeInventory

MAIN = "lab/group_vars/all/main.yml:8"


def lines(inventory: Path) -> list[str]:
    return [str(finding) for finding in validate([inventory], ()).findings]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"media_network_cidr": "10.1.0.128/25"},
            (
                'media_network_cidr: value "10.1.0.128/25" overlaps nai_management_cidr 10.1.0.0/24;'
                " instances could not reach hosts in both"
            ),
        ),
        (
            {"media_network_cidr": "10.9.9.0/30"},
            'media_network_cidr: value "10.9.9.0/30" is too small for instances; choose a /28 or larger',
        ),
        (
            {"media_network_cidr": "169.254.0.0/24"},
            (
                'media_network_cidr: value "169.254.0.0/24" is reserved for link-local addresses and the metadata'
                " service; choose a private network, such as 10.250.0.0/20"
            ),
        ),
        (
            {"nfvo_broker_address": "127.0.0.1"},
            (
                'nfvo_broker_address: value "127.0.0.1" leads every instance to itself;'
                " name an address of the operations host that instances reach"
            ),
        ),
        (
            {"media_network_rules": [{"protocol": "icmp", "port_min": 1}]},
            (
                "media_network_rules[0]: value {'protocol': 'icmp', 'port_min': 1} has ports, and icmp has none;"
                " delete port_min and port_max"
            ),
        ),
        (
            {"media_network_rules": [{"protocol": "tcp"}, {"protocol": "udp", "port_min": 9, "port_max": 8}]},
            (
                "media_network_rules[1]: value {'protocol': 'udp', 'port_min': 9, 'port_max': 8} is no range of ports;"
                " write port_min, and port_max not below it"
            ),
        ),
        (
            {"vnfm_media_server_warm_pool_size": 2000},
            "vnfm_media_server_warm_pool_size: value 2000 is too large; the maximum is 1000",
        ),
        (
            {"nfvo_log_level": "LOUD"},
            'nfvo_log_level: value "LOUD" is not among the choices; write one of DEBUG, INFO, WARNING, ERROR',
        ),
    ],
)
def test_wrong_input(changes: dict[str, Any], expected: str, make_inventory: MakeInventory) -> None:
    assert lines(make_inventory(**changes)) == [f"{MAIN}: {expected}"]


def test_good_values(make_inventory: MakeInventory) -> None:
    rules = [
        {"protocol": "any"},
        {"protocol": "tcp", "port_min": 8888},
        {"protocol": "udp", "port_min": 1, "port_max": 9},
    ]
    assert lines(make_inventory(media_network_cidr="10.77.0.0/24", media_network_rules=rules)) == []
