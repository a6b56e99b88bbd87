"""Gson's habits: no nulls, unknown fields kept, untouched fields not written."""

from typing import Literal

import pytest
from pydantic import TypeAdapter, ValidationError

from nai.catalogue import (
    Configuration,
    Event,
    LifecycleEvent,
    NetworkServiceRecord,
    Status,
    VirtualDeploymentUnit,
    VirtualNetworkFunctionRecord,
    VNFComponent,
    VNFDConnectionPoint,
)


def test_unknown_fields_are_kept_and_nulls_are_not() -> None:
    document = {"name": "x", "hostname": None, "vnfc": None, "ours": {"deep": [1, 2]}}
    assert VirtualDeploymentUnit.from_wire(document).to_wire() == {"name": "x", "ours": {"deep": [1, 2]}}


def test_what_nobody_set_is_not_written() -> None:
    unit = VirtualDeploymentUnit(name="x")
    assert unit.to_wire() == {"name": "x"}
    unit.vnfc.append(VNFComponent(connection_point=[VNFDConnectionPoint(floating_ip="random")]))
    assert unit.to_wire() == {"name": "x", "vnfc": [{"connection_point": [{"floatingIp": "random"}]}]}


def test_defaults_are_not_shared() -> None:
    VirtualDeploymentUnit().vnfc.append(VNFComponent())
    assert VirtualDeploymentUnit().vnfc == []


def test_a_record_always_has_what_managers_read_blindly() -> None:
    written = VirtualNetworkFunctionRecord(name="x").to_wire()
    empty: dict[str, list[str]] = {"configurationParameters": []}
    assert written == {"name": "x", "configurations": empty, "requires": empty, "provides": empty}


def test_a_record_whose_provides_is_null_still_has_it() -> None:
    record = VirtualNetworkFunctionRecord.from_wire({"provides": None, "configurations": {"name": "c"}})
    assert record.to_wire()["provides"] == {"configurationParameters": []}
    assert record.to_wire()["configurations"] == {"name": "c", "configurationParameters": []}


def test_numbers_become_text_where_text_is_meant() -> None:
    assert Configuration.from_wire({"configurationParameters": [{"confKey": "PORT", "value": 27018}]}).as_dict() == {
        "PORT": "27018"
    }


def test_configuration_values_can_be_set() -> None:
    configuration = Configuration(name="c")
    configuration.set_value("a", "1")
    configuration.set_value("a", "2")
    assert configuration.value_of("a") == "2"
    assert configuration.value_of("b") is None
    assert len(configuration.configuration_parameters) == 1


def test_states_are_ordered_as_the_orchestrator_compares_them() -> None:
    assert [status.ordinal for status in Status] == list(range(7))
    assert min(Status.ACTIVE, Status.ERROR, key=lambda status: status.ordinal) is Status.ERROR


def test_events_may_be_in_any_case_but_not_unknown() -> None:
    assert LifecycleEvent.from_wire({"event": "iNstantiate"}).event is Event.INSTANTIATE
    with pytest.raises(ValidationError):
        LifecycleEvent.from_wire({"event": "EXPLODE"})


def test_all_errors_are_named_at_once() -> None:
    with pytest.raises(ValidationError) as caught:
        NetworkServiceRecord.from_wire({"status": "WELL", "vnfr": [{"vdu": [{"scale_in_out": "many"}]}]})
    assert {error["loc"] for error in caught.value.errors()} == {
        ("status",),
        ("vnfr", 0, "vdu", 0, "scale_in_out"),
    }


def test_the_schema_shows_the_fields_in_both_directions() -> None:
    modes: tuple[Literal["validation", "serialization"], ...] = ("validation", "serialization")
    for mode in modes:
        schema = TypeAdapter(VirtualDeploymentUnit).json_schema(mode=mode)
        assert "vimInstanceName" in schema["properties"]
