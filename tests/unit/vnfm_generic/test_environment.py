"""Variables of scripts, and which scripts run."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from nai.catalogue import Event, VirtualNetworkFunctionRecord, VNFRecordDependency
from nai.vnfm.generic.environment import (
    own_variables,
    removed_variables,
    sanitised,
    source_type_of,
    source_variables,
)
from nai.vnfm.generic.plan import runs

PORTS = {"configurationParameters": [{"confKey": "PORT", "value": "27018"}, {"confKey": "a b-c", "value": "x"}]}
IPS = [{"netName": "internal_nubomedia", "ip": "10.0.0.4"}, {"netName": "my-net", "ip": "10.1.0.4"}]
RECORD = VirtualNetworkFunctionRecord.from_wire(
    {
        "id": "v",
        "name": "router-1",
        "type": "router",
        "provides": {"configurationParameters": [{"confKey": "token", "value": "t"}, {"confKey": "none"}]},
        "configurations": PORTS,
        "requires": {"configurationParameters": [{"confKey": "shard"}, {"confKey": "config"}]},
        "lifecycle_event": [
            {"event": "ALLOCATE", "lifecycle_events": ["allocation of vdu"]},
            {"event": "INstantiate", "lifecycle_events": ["install.sh", "set_up.sh"]},
            {"event": "CONFIGURE", "lifecycle_events": ["config_config.sh", "shard_config.sh", "finish.sh"]},
        ],
        "vdu": [
            {
                "vnfc_instance": [
                    {
                        "hostname": "router-1-0",
                        "ips": IPS,
                        "floatingIps": [{"netName": "internal_nubomedia", "ip": "192.0.2.4"}],
                    }
                ]
            }
        ],
    }
)  # fmt: skip
INSTANCE = RECORD.vdu[0].vnfc_instance[0]
DEPENDENCY = VNFRecordDependency.from_wire(
    {
        "target": "router-1",
        "parameters": {"shard": {"parameters": {"SMALLFILES": "true"}}, "config": {"parameters": {"id": "c"}}},
        "vnfcParameters": {
            "shard": {
                "parameters": {
                    "b": {"parameters": {"internal_nubomedia": "10.0.0.6", "hostname": "shard-1"}},
                    "a": {"parameters": {"internal_nubomedia": "10.0.0.5", "hostname": "shard-0"}},
                }
            }
        },
        "idType": {"shard-1": "shard"},
    }
)


def test_what_a_script_knows_of_its_own_instance() -> None:
    assert own_variables(RECORD, INSTANCE) == {
        "token": "t",
        "none": "",
        "PORT": "27018",
        "a_b_c": "x",
        "internal_nubomedia": "10.0.0.4",
        "my_net": "10.1.0.4",
        "internal_nubomedia_floatingIp": "192.0.2.4",
        "hostname": "router-1-0",
    }


def test_what_the_scripts_of_scale_in_know_of_the_instance_that_goes() -> None:
    assert removed_variables(INSTANCE) == {
        "removing_internal_nubomedia": "10.0.0.4",
        "removing_my_net": "10.1.0.4",
        "removing_internal_nubomedia_floatingIp": "192.0.2.4",
        "removing_hostname": "router-1-0",
    }


def test_a_script_for_a_source_runs_once_per_instance_of_it() -> None:
    planned = runs(RECORD, INSTANCE, Event.CONFIGURE, dependency=DEPENDENCY)
    assert [(run.position, run.script) for run in planned] == [
        (0, "config_config.sh"),
        (1, "shard_config.sh"),
        (2, "shard_config.sh"),
        (3, "finish.sh"),
    ]
    assert planned[0].variables["config_id"] == "c"
    assert [run.variables["shard_internal_nubomedia"] for run in planned[1:3]] == ["10.0.0.5", "10.0.0.6"]
    assert planned[1].variables["shard_SMALLFILES"] == "true"
    assert planned[1].variables["PORT"] == "27018"
    assert "shard_internal_nubomedia" not in planned[3].variables
    assert planned[1].variables["hostname"] == "router-1-0"


def test_a_script_for_a_source_does_not_run_without_it() -> None:
    planned = runs(RECORD, INSTANCE, Event.CONFIGURE)
    assert [run.script for run in planned] == ["finish.sh"]
    assert source_variables(VNFRecordDependency(), "shard") == []


def test_an_underscore_alone_makes_no_source() -> None:
    assert [run.script for run in runs(RECORD, INSTANCE, Event.INSTANTIATE)] == ["install.sh", "set_up.sh"]


def test_words_for_people_are_no_scripts() -> None:
    assert runs(RECORD, INSTANCE, Event.ALLOCATE) == []


def test_the_longest_type_counts() -> None:
    assert source_type_of("scripts/media_server_join.sh", {"media", "media_server"}) == "media_server"
    assert source_type_of("media.sh", {"media"}) is None


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.text(), st.none() | st.text()))
def test_names_can_always_be_used_by_a_shell_and_values_by_exec(values: dict[str, str | None]) -> None:
    for name, value in sanitised(values).items():
        assert re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name)
        assert "\0" not in value
