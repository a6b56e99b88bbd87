"""The pure parts: status, order, names, room, dependencies, and who is right about a record."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nai.catalogue import (
    Configuration,
    ConfigurationParameter,
    DeploymentFlavour,
    Ip,
    Quota,
    Status,
    VirtualDeploymentUnit,
    VirtualNetworkFunctionRecord,
    VNFCInstance,
    VNFComponent,
)
from nai.nfvo.lifecycle import dependencies, naming, ordering, quota, status
from nai.nfvo.lifecycle.merging import Say, merge

few = settings(max_examples=40, deadline=None)


@few
@given(st.lists(st.sampled_from(Status), min_size=1))
def test_a_service_is_as_good_as_its_worst_function(statuses: list[Status]) -> None:
    combined = status.combined(statuses)
    assert combined in statuses
    assert all(combined.ordinal <= each.ordinal for each in statuses)


def test_a_service_without_all_its_functions_is_null() -> None:
    assert status.combined([]) is Status.NULL
    assert status.combined([Status.ACTIVE], expected=2) is Status.NULL


names = st.text(st.characters(codec="utf-8"), max_size=100)
ids = st.uuids().map(str)


@few
@given(names, ids, st.integers(0, 9999))
def test_an_instance_name_is_a_host_name_and_says_its_number(name: str, record: str, index: int) -> None:
    found = naming.instance(name, record, index)
    assert len(found) <= naming.LONGEST_HOST_NAME
    assert found.replace("-", "").isalnum()
    assert found.isascii()
    assert found == found.lower()
    assert not found.startswith("-")
    assert naming.index_of(found, name, record) == index


@few
@given(names, ids, ids)
def test_instances_of_two_records_never_share_a_name(name: str, one: str, other: str) -> None:
    if one[:8] != other[:8]:
        assert naming.index_of(naming.instance(name, one, 0), name, other) is None


def test_a_name_is_never_given_out_twice() -> None:
    taken = [naming.instance("a", "0" * 36, index) for index in (0, 3)]
    assert naming.free_name("a", "0" * 36, [*taken, "a-of-the-vnfm"]) == naming.instance("a", "0" * 36, 4)


@few
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=12))
def test_ordered_start_puts_every_source_before_its_target(pairs: list[tuple[int, int]]) -> None:
    edges = [(str(min(pair)), str(max(pair))) for pair in pairs]
    weights = ordering.weights(map(str, range(7)), edges)
    assert all(weights[source] < weights[target] for source, target in edges if source != target)


def test_a_circle_has_no_order_and_is_named() -> None:
    with pytest.raises(ordering.CyclicDependenciesError, match=r"a -> b|b -> a"):
        ordering.weights("ab", [("a", "b"), ("b", "a")])


flavour = DeploymentFlavour(flavour_key="f", vcpus=2, ram=512)


@few
@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
def test_what_fits_beside_what_is_reserved_is_no_shortage(count: int, left: int, reserved: int) -> None:
    have = Quota(instances=left, cores=left * 2, ram=left * 512)
    short = quota.shortage(quota.demand(flavour, count), have, quota.demand(flavour, reserved))
    assert bool(short) == (count > 0 and count + reserved > left)


def instance(name: str, *, component: str = "c", state: str | None = None) -> VNFCInstance:
    return VNFCInstance(
        id=f"id-{name}",
        hostname=name,
        vnf_component=VNFComponent(id=component),
        ips=[Ip(net_name="net", ip="10.0.0.1")],
        floating_ips=[Ip(net_name="net", ip="172.24.4.1")],
        state=state,
    )


def record(*instances: VNFCInstance) -> VirtualNetworkFunctionRecord:
    components = [each.vnf_component for each in instances if each.vnf_component]
    unit = VirtualDeploymentUnit(id="u", name="unit", vnfc=components, vnfc_instance=list(instances))
    return VirtualNetworkFunctionRecord(id="r", name="source", type="server", vdu=[unit])


def test_a_dependency_has_what_is_provided_and_each_instances_addresses() -> None:
    source = record(instance("one"))
    source.configurations = Configuration(
        configuration_parameters=[
            ConfigurationParameter(conf_key="port", value="1"),
            ConfigurationParameter(conf_key="secret", value="x"),
        ]
    )
    source.provides = Configuration(configuration_parameters=[ConfigurationParameter(conf_key="port", value="2")])
    wanted = ["port", "net", "net_ip", "net_floatingIp", "hostname", "unknown"]
    found = dependencies.resolve("target", {"source": wanted}, [source])
    assert found.id_type == {"r": "server"}
    assert found.parameters["server"].parameters == {"port": "2"}
    assert found.vnfc_parameters["server"].parameters["id-one"].parameters == {
        "net": "10.0.0.1",
        "net_ip": "10.0.0.1",
        "net_floatingIp": "172.24.4.1",
        "hostname": "one",
    }


def test_a_dependency_without_names_asks_for_everything() -> None:
    found = dependencies.resolve("target", {"source": []}, [record(instance("one"))])
    assert "hostname" in found.vnfc_parameters["server"].parameters["id-one"].parameters


def test_a_dependency_can_be_about_one_instance_only() -> None:
    first, second = instance("one"), instance("two", component="d")
    found = dependencies.resolve("target", {"source": []}, [record(first, second)], only=second)
    assert list(found.vnfc_parameters["server"].parameters) == ["id-two"]


def test_a_stale_copy_takes_nothing_away_and_brings_nothing_back() -> None:
    known = record(instance("one"))
    merge(known, record(instance("old", component="d")), say=Say.KNOWN)
    merge(known, record(instance("old", component="d")), say=Say.MORE, released=["old"])
    assert [each.hostname for each in known.vdu[0].vnfc_instance] == ["one"]


def test_an_instance_of_the_vnfms_own_making_is_taken_in_with_its_component() -> None:
    known = record(instance("one"))
    own = instance("own", component="d")
    own.vnf_component = None
    merge(known, record(own), say=Say.MORE)
    unit = known.vdu[0]
    assert [each.hostname for each in unit.vnfc_instance] == ["one", "own"]
    assert len(unit.vnfc) == 2


def test_a_full_copy_drops_what_it_leaves_out_unless_that_is_being_changed() -> None:
    known = record(instance("one"), instance("two", component="d"), instance("three", component="e"))
    merge(known, record(instance("one")), say=Say.ALL, changing=["e"])
    assert [each.hostname for each in known.vdu[0].vnfc_instance] == ["one", "three"]
    assert [each.id for each in known.vdu[0].vnfc] == ["c", "e"]


def test_units_without_ids_are_recognised_by_name() -> None:
    known, told = record(instance("one")), record(instance("one", state="ACTIVE"))
    told.vdu[0].id = None
    merge(known, told, say=Say.KNOWN)
    assert known.vdu[0].vnfc_instance[0].state == "ACTIVE"


def test_structure_is_the_orchestrators_and_what_is_provided_the_vnfms() -> None:
    known = record(instance("one"))
    told = VirtualNetworkFunctionRecord.from_wire(
        {
            "id": "other",
            "name": "other",
            "status": "ERROR",
            "provides": {"configurationParameters": [{"confKey": "k", "value": "v"}]},
            "somethingNew": 1,
        }
    )
    merge(known, told, say=Say.ALL)
    assert (known.id, known.name, known.status) == ("r", "source", None)
    assert known.provides.as_dict() == {"k": "v"}
    assert known.to_wire()["somethingNew"] == 1
