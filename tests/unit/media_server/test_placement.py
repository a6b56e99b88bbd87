"""Placement by points: which server, idempotence, refusal."""

import pytest

from nai.vnfm.media_server.changes import ChangeKind
from nai.vnfm.media_server.errors import BadRequestError, NoCapacityError, UnknownVnfrError
from nai.vnfm.media_server.model import MediaServerStatus
from tests.unit.media_server.support import NOW, VNFR, Rig


def test_the_busy_server_with_room_is_preferred_to_an_idle_one() -> None:
    rig = Rig()
    rig.servers(3)
    for _ in range(3):
        rig.register(50)
    assert rig.points() == [100, 50, 0]


def test_the_order_of_the_pools_is_one_value() -> None:
    rig = Rig(preference=(MediaServerStatus.IDLE, MediaServerStatus.ACTIVE, MediaServerStatus.RELEASE))
    rig.servers(3)
    for _ in range(4):
        rig.register(30)
    assert sorted(rig.points()) == [30, 30, 60]


def test_a_pool_left_out_takes_nothing() -> None:
    rig = Rig(preference=(MediaServerStatus.ACTIVE,))
    rig.servers(1)
    with pytest.raises(NoCapacityError):
        rig.register()


def test_within_a_pool_the_least_loaded_server_that_fits_wins() -> None:
    rig = Rig(preference=(MediaServerStatus.IDLE, MediaServerStatus.ACTIVE))
    rig.state.add_server(VNFR, "small", "10.0.0.1", 100)
    rig.state.add_server(VNFR, "large", "10.0.0.2", 400)
    rig.state.add_server(VNFR, "medium", "10.0.0.3", 200)
    points = rig.points
    rig.register(90)
    rig.register(150)
    rig.register(120)
    assert points() == [90, 150, 120]
    rig.register(60)
    assert points() == [90, 150, 180], "the small one is least used, but has no room"
    rig.register(10)
    assert points() == [100, 150, 180]
    rig.register(100)
    assert points() == [100, 250, 180]


def test_a_server_without_address_takes_nothing_until_it_has_one() -> None:
    rig = Rig()
    rig.state.add_server(VNFR, "host", None, 100)
    with pytest.raises(NoCapacityError):
        rig.register()
    rig.state.add_server(VNFR, "host", "10.0.0.1", 100)
    assert rig.register().ip == "10.0.0.1"


def test_the_refusal_has_the_text_of_the_original_and_is_told() -> None:
    rig = Rig()
    rig.servers(1)
    rig.register(60)
    with pytest.raises(NoCapacityError, match=r"Not found any MediaServer for VNFR with id: vnfr-1\. At least"):
        rig.register(50)
    assert rig.changes[-1].kind is ChangeKind.REFUSED
    assert rig.points() == [60]


def test_exactly_the_whole_capacity_fits() -> None:
    rig = Rig()
    rig.servers(1)
    assert rig.register(100).points == 100
    with pytest.raises(NoCapacityError):
        rig.register(1)


@pytest.mark.parametrize("points", [0, -50])
def test_points_are_positive(points: int) -> None:
    rig = Rig()
    rig.servers(1)
    with pytest.raises(BadRequestError):
        rig.register(points)


def test_the_same_external_id_occupies_once() -> None:
    rig = Rig()
    rig.servers(2)
    first = rig.register(50, "app")
    assert rig.register(70, "app") is first
    assert rig.points() == [50, 0]
    rig.state.unregister(first)
    assert rig.register(50, "app") is not first


def test_the_external_id_is_known_across_vnfrs_but_only_asked_from_a_managed_one() -> None:
    rig = Rig()
    rig.servers(1)
    first = rig.register(50, "app")
    rig.state.manage("other", "nsr-2", "START")
    assert rig.state.register("other", 50, "app", now=NOW, beat=0) == (first, False)
    with pytest.raises(UnknownVnfrError):
        rig.state.register("unknown", 50, "app", now=NOW, beat=0)


def test_without_an_external_id_every_request_occupies() -> None:
    rig = Rig()
    rig.servers(1)
    assert rig.register(50) is not rig.register(50)
    assert rig.points() == [100]
