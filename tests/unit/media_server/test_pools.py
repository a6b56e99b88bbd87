"""How servers move between the pools; stop, start, claim, remove."""

import pytest

from nai.vnfm.media_server.changes import ChangeKind
from nai.vnfm.media_server.errors import (
    BadRequestError,
    NoCapacityError,
    ServerClaimedError,
    ServerInUseError,
    UnknownServerError,
)
from tests.unit.media_server.support import VNFR, Rig


def test_a_new_server_is_idle_and_the_first_application_makes_it_active() -> None:
    rig = Rig()
    rig.servers(2)
    assert rig.pools() == "ID ID"
    rig.register()
    assert rig.pools() == "AC ID"


def test_an_emptied_server_refills_the_idle_pool_or_waits_in_release() -> None:
    rig = Rig(idle_pool_size=1)
    rig.servers(3)
    applications = [rig.register(100) for _ in range(3)]
    assert rig.pools() == "AC AC AC"
    for application in applications:
        rig.state.unregister(application)
    assert rig.pools() == "ID RE RE"


def test_a_taken_idle_server_is_replaced_out_of_release_at_once() -> None:
    rig = Rig(idle_pool_size=1)
    rig.servers(2)
    for application in [rig.register(100), rig.register(100)]:
        rig.state.unregister(application)
    assert rig.pools() == "ID RE"
    rig.register(100)
    assert rig.pools() == "AC ID"


def test_a_server_of_release_is_placed_on_before_anything_is_refused() -> None:
    rig = Rig(idle_pool_size=0)
    rig.servers(1)
    rig.state.unregister(rig.register())
    assert rig.pools() == "RE"
    rig.register()
    assert rig.pools() == "AC"


def test_a_stopped_server_finishes_its_sessions_and_takes_no_new_ones() -> None:
    rig = Rig()
    rig.servers(1)
    application = rig.register(50)
    rig.state.stop_server(VNFR, "host-0")
    assert rig.pools() == "RE"
    with pytest.raises(NoCapacityError):
        rig.register(10)
    rig.state.unregister(application)
    assert rig.pools() == "IN"
    with pytest.raises(NoCapacityError):
        rig.register(10)


def test_an_empty_server_is_inactive_as_soon_as_it_is_stopped_and_idle_when_started() -> None:
    rig = Rig(idle_pool_size=0)
    rig.servers(1)
    rig.state.stop_server(VNFR, "host-0")
    assert rig.pools() == "IN"
    rig.state.start_server(VNFR, "host-0")
    assert rig.pools() == "ID"
    rig.register()


def test_a_draining_server_that_is_started_again_goes_on() -> None:
    rig = Rig()
    rig.servers(1)
    rig.register(50)
    rig.state.stop_server(VNFR, "host-0")
    rig.state.start_server(VNFR, "host-0")
    assert rig.pools() == "AC"
    rig.register(50)


def test_stop_and_start_are_idempotent() -> None:
    rig = Rig()
    rig.servers(1)
    first = rig.state.stop_server(VNFR, "host-0").hb_version
    assert rig.state.stop_server(VNFR, "host-0").hb_version == first
    rig.state.start_server(VNFR, "host-0")
    rig.state.start_server(VNFR, "host-0")
    with pytest.raises(UnknownServerError):
        rig.state.stop_server(VNFR, "nobody")


def test_only_an_empty_server_can_be_claimed_and_then_takes_nothing() -> None:
    rig = Rig()
    rig.servers(2)
    rig.register(50)
    assert not rig.state.claim_server(VNFR, "host-0")
    assert rig.state.claim_server(VNFR, "host-1")
    assert rig.state.claim_server(VNFR, "host-1"), "again is no harm"
    assert rig.pools() == "AC RE"
    rig.register(50)
    with pytest.raises(NoCapacityError):
        rig.register(50)
    with pytest.raises(ServerClaimedError):
        rig.state.stop_server(VNFR, "host-1")
    rig.state.unclaim_server(VNFR, "host-1")
    assert rig.pools() == "AC ID"
    rig.register(50)


def test_a_server_with_applications_is_not_removed() -> None:
    rig = Rig()
    rig.servers(1)
    application = rig.register(50)
    with pytest.raises(ServerInUseError, match="still carries 50 points"):
        rig.state.remove_server(VNFR, "host-0")
    rig.state.unregister(application)
    rig.state.remove_server(VNFR, "host-0")
    rig.state.remove_server(VNFR, "host-0")
    assert not rig.state.fleet(VNFR).servers
    assert not rig.journal.servers
    assert not rig.state.hostnames


def test_a_lost_server_drops_its_own_applications_only() -> None:
    rig = Rig()
    rig.servers(2)
    lost, kept = rig.register(100), rig.register(100)
    assert rig.state.evict(VNFR, "host-0") == [lost]
    assert list(rig.state.applications.values()) == [kept]
    rig.state.remove_server(VNFR, "host-0")


def test_adding_a_known_server_updates_it_and_capacity_never_falls_below_what_is_on_it() -> None:
    rig = Rig()
    rig.servers(1)
    rig.register(80)
    server = rig.state.add_server(VNFR, "host-0", "10.9.9.9", 200)
    assert (server.ip, server.max_capacity, server.used_points) == ("10.9.9.9", 200, 80)
    assert len(rig.state.fleet(VNFR).servers) == 1
    with pytest.raises(BadRequestError):
        rig.state.add_server(VNFR, "host-0", "10.9.9.9", 79)
    assert rig.register(120).ip == "10.9.9.9"


def test_what_may_be_terminated_comes_in_the_order_release_idle_stopped() -> None:
    rig = Rig(idle_pool_size=1)
    rig.servers(4)
    applications = [rig.register(100) for _ in range(3)]
    rig.state.stop_server(VNFR, "host-3")
    for application in applications[:2]:
        rig.state.unregister(application)
    assert rig.pools() == "ID RE AC IN"
    assert [server.hostname for server in rig.state.removable(VNFR)] == ["host-1", "host-0", "host-3"]


def test_releasing_a_vnfr_forgets_everything_of_it() -> None:
    rig = Rig()
    rig.servers(2)
    rig.register(50, "app")
    rig.state.release(VNFR)
    rig.state.release(VNFR)
    assert not rig.state.applications
    assert not rig.state.external
    assert not rig.state.hostnames
    assert (rig.journal.vnfrs, rig.journal.servers, rig.journal.applications) == ({}, {}, {})
    assert [change.kind for change in rig.changes][-1] is ChangeKind.RELEASED


def test_the_task_of_a_vnfr_is_noted_once() -> None:
    rig = Rig()
    version = rig.state.manage(VNFR, "nsr-1", "SCALING").hb_version
    assert rig.state.manage(VNFR, "nsr-1", "SCALING").hb_version == version == 1
