"""A developer's request: all that is wrong with it at once, by field."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from nai.catalogue.applications import Application, CreateApplication
from nai.paas.applications.checks import (
    MOST_REPLICAS,
    RESERVED,
    Rules,
    accepted,
    check,
    check_replicas,
    problems,
    refusal,
)
from nai.paas.applications.environment import MediaPlane, application_environment
from nai.paas.applications.quota import Quota, check_quota
from nai.paas.applications.store import Used
from nai.paas.errors import FieldsError, LimitError, NameStructureError, TurnServerError

GOOD: dict[str, Any] = {
    "name": "mirror",
    "gitURL": "https://git.example.org/team/app.git",
    "ports": [{"port": 8443}],
}
SERVICE: dict[str, Any] = {"name": "db", "dockerURL": "mariadb:11"}
NO_SERVERS, BOTH = Rules(), Rules(has_stun_server=True, has_turn_server=True)


def wrong(rules: Rules = NO_SERVERS, **fields: Any) -> dict[str, str]:
    document = {name: value for name, value in (GOOD | fields).items() if value is not None}
    return problems(CreateApplication.from_wire(document), rules)


def service(**fields: Any) -> dict[str, Any]:
    return {"services": [SERVICE | fields]}


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"name": "a"},
        {"name": "A-b_9"},
        {"name": "a" * 63},
        {"secretName": ""},
        {"gitURL": "git@git.example.org:team/app.git", "secretName": "key-0123456789ab"},
        {"ports": [{"port": 80, "targetPort": 8080, "protocol": "tcp"}, {"port": 80, "protocol": "UDP"}]},
        {"numberOfInstances": 3, "scaleOutLimit": 3, "scaleOutThreshold": 140},
        {"stunServerActivate": True, "stunServerIp": "192.0.2.1", "stunServerPort": "3478"},
        {
            "turnServerActivate": True,
            "turnServerUrl": "turn:192.168.43.12:8080?transport=tcp",
            "turnServerUsername": "u",
            "turnServerPassword": "p",
        },
        {"turnServerUrl": "turn.example.org"},
        service(envVars=[{"name": "MYSQL_DATABASE", "value": "nubo"}, {"name": "EMPTY"}]),
        service(ports=[]),
        {"envVars": [{"name": "TZ", "value": "UTC"}]},
    ],
)
def test_what_can_be(fields: dict[str, Any]) -> None:
    assert wrong(**fields) == {}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": None}, "name"),
        ({"name": ""}, "name"),
        ({"name": "a" * 10_000}, "name"),
        ({"name": "my.app"}, "name"),
        ({"name": "../x"}, "name"),
        ({"name": "a/b"}, "name"),
        ({"name": "a'; DROP TABLE"}, "name"),
        ({"name": 'a"b'}, "name"),
        ({"name": "-a"}, "name"),
        ({"name": "a-"}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"name": "ä"}, "name"),
        ({"gitURL": None}, "gitURL"),
        ({"gitURL": "file:///etc"}, "gitURL"),
        ({"gitURL": "https://169.254.169.254/x"}, "gitURL"),
        ({"secretName": "key-0123456789ab"}, "secretName"),
        ({"gitURL": "git@git.example.org:a/b", "secretName": None}, "secretName"),
        ({"gitURL": "git@git.example.org:a/b", "secretName": "../key"}, "secretName"),
        ({"ports": []}, "ports"),
        ({"ports": None}, "ports"),
        ({"ports": [{"port": n} for n in range(1, 30)]}, "ports"),
        ({"ports": [{}]}, "ports.0.port"),
        ({"ports": [{"port": 0}]}, "ports.0.port"),
        ({"ports": [{"port": 65536}]}, "ports.0.port"),
        ({"ports": [{"port": 1, "targetPort": -1}]}, "ports.0.targetPort"),
        ({"ports": [{"port": 1, "protocol": "SCTP"}]}, "ports.0.protocol"),
        ({"ports": [{"port": 1, "protocol": "UDP"}]}, "ports.0.protocol"),
        ({"ports": [{"port": 1}, {"port": 1}]}, "ports.1.port"),
        ({"replicasNumber": 0}, "replicasNumber"),
        ({"replicasNumber": 10**9}, "replicasNumber"),
        ({"numberOfInstances": 0}, "numberOfInstances"),
        ({"numberOfInstances": 4, "scaleOutLimit": 3}, "scaleOutLimit"),
        ({"scaleOutLimit": -1}, "scaleOutLimit"),
        ({"scaleOutThreshold": -1.0}, "scaleOutThreshold"),
        ({"stunServerActivate": True}, "stunServerIp"),
        ({"stunServerActivate": True, "stunServerIp": "192.0.2.1"}, "stunServerPort"),
        ({"stunServerActivate": True, "stunServerPort": "3478"}, "stunServerIp"),
        ({"stunServerIp": "a\nb"}, "stunServerIp"),
        ({"stunServerPort": "99999"}, "stunServerPort"),
        ({"turnServerActivate": True}, "turnServerUrl"),
        ({"turnServerUrl": "http://x/"}, "turnServerUrl"),
        ({"turnServerUrl": "x:99999"}, "turnServerUrl"),
        ({"turnServerUrl": "x\n[section]"}, "turnServerUrl"),
        ({"turnServerPassword": "a\nb"}, "turnServerPassword"),
        ({"turnServerUsername": "a:b"}, "turnServerUsername"),
        (service(name=None), "services.0.name"),
        (service(name="9db"), "services.0.name"),
        (service(name="a b"), "services.0.name"),
        ({"services": [SERVICE | {"name": "my-db"}, SERVICE | {"name": "my_db"}]}, "services.1.name"),
        ({"services": [SERVICE | {"name": f"s{n}"} for n in range(30)]}, "services"),
        (service(dockerURL=None), "services.0.dockerURL"),
        (service(dockerURL="localhost:5000/x"), "services.0.dockerURL"),
        (service(replicasNumber=0), "services.0.replicasNumber"),
        (service(ports=[{"port": 0}]), "services.0.ports.0.port"),
        (service(envVars=[{"name": "A=B", "value": ""}]), "services.0.envVars.0.name"),
        (service(envVars=[{"name": "A"}, {"name": "A"}]), "services.0.envVars.1.name"),
        (service(envVars=[{"name": "HOST"}]), "services.0.envVars.0.name"),
        (
            {"services": [SERVICE | {"name": "a", "envVars": [{"name": "B_HOST"}]}, SERVICE | {"name": "a-b"}]},
            "services.1.name",
        ),
        (service(name="VNFR", envVars=[{"name": "ID"}]), "services.0.envVars.0.name"),
        (service(envVars=[{"name": "A", "value": "\0"}]), "services.0.envVars.0.value"),
        (service(envVars=[{"name": "A", "value": "x" * 40_000}]), "services.0.envVars.0.value"),
        (service(envVars=[{"name": f"A{n}"} for n in range(101)]), "services.0.envVars"),
        (service(envVars=[{"name": f"A{n}", "value": "x" * 30_000} for n in range(5)]), "services"),
        ({"envVars": [{"name": "VNFR_ID", "value": "x"}]}, "envVars.0.name"),
        ({"envVars": [{"name": "", "value": "x"}]}, "envVars.0.name"),
    ],
)
def test_what_cannot_be(fields: dict[str, Any], field: str) -> None:
    assert list(wrong(**fields)) == [field]


def test_servers_of_the_installation_are_the_default() -> None:
    assert wrong(BOTH, stunServerActivate=True, turnServerActivate=True) == {}


def test_kinds_of_refusals() -> None:
    def refused(**fields: Any) -> FieldsError:
        with pytest.raises(FieldsError) as caught:
            check(CreateApplication.from_wire(GOOD | fields), NO_SERVERS)
        return caught.value

    assert type(refused(name="a.b", replicasNumber=0)) is NameStructureError
    turn = refused(turnServerActivate=True, turnServerUrl="turn.example.org:3478")
    assert type(turn) is TurnServerError
    assert list(turn.fields) == ["turnServerUsername", "turnServerPassword"]
    both = refused(turnServerActivate=True, replicasNumber=0)
    assert type(both) is FieldsError
    assert list(both.fields) == ["replicasNumber", "turnServerUrl"]
    check(CreateApplication.from_wire(GOOD), NO_SERVERS)
    check_replicas(MOST_REPLICAS)
    with pytest.raises(FieldsError):
        check_replicas(0)


def test_fields_of_the_wrong_form_are_told_beside_wrong_values() -> None:
    body = GOOD | {"replicasNumber": "many", "flavor": "HUGE", "numberOfInstances": 0, "ports": [{"port": "x"}]}
    with pytest.raises(ValidationError) as caught:
        CreateApplication.from_wire(body)
    told = refusal(body, caught.value.errors(), NO_SERVERS)
    assert told is not None
    assert set(told.fields) == {"replicasNumber", "flavor", "numberOfInstances", "ports.0.port"}
    assert refusal([], [], NO_SERVERS) is None
    assert refusal("x", [], NO_SERVERS) is None


def test_what_a_client_must_not_set_is_not_taken() -> None:
    document = GOOD | {
        "id": "x",
        "osName": "y",
        "status": "RUNNING",
        "unknown": [1] * 100,
        "services": [SERVICE | {"osName": "z", "status": "RUNNING", "id": "1", "podList": ["p"], "odd": 1}],
    }
    assert accepted(CreateApplication.from_wire(document)).to_wire() == {
        "name": "mirror",
        "gitURL": GOOD["gitURL"],
        "flavor": "SMALL",
        "ports": [{"port": 8443, "targetPort": 8443, "protocol": "TCP"}],
        "envVars": [],
        "services": [{"name": "db", "dockerURL": "mariadb:11", "replicasNumber": 1, "ports": [], "envVars": []}],
    }


WORDS = st.text(max_size=20) | st.sampled_from(["db", "HOST", "VNFR", "ID", "IP", "TCP", "mariadb", "a.b", "x-y"])
PORTS = st.lists(
    st.fixed_dictionaries({}, optional={"port": st.integers(), "targetPort": st.integers(), "protocol": WORDS}),
    max_size=3,
)
VARIABLES = st.lists(st.fixed_dictionaries({}, optional={"name": WORDS, "value": WORDS}), max_size=3)
DOCUMENTS = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("name", "gitURL", "secretName", "turnServerUrl", "stunServerIp"), WORDS),
        **dict.fromkeys(("replicasNumber", "numberOfInstances", "scaleOutLimit"), st.integers()),
        **dict.fromkeys(("stunServerActivate", "turnServerActivate", "cloudRepository"), st.booleans()),
        "ports": PORTS,
        "envVars": VARIABLES,
        "services": st.lists(
            st.fixed_dictionaries(
                {}, optional={"name": WORDS, "dockerURL": WORDS, "ports": PORTS, "envVars": VARIABLES}
            ),
            max_size=3,
        ),
    },
)


@given(DOCUMENTS)
@settings(max_examples=150)
def test_any_request_is_taken_or_refused_by_field(document: dict[str, Any]) -> None:
    told = problems(CreateApplication.from_wire(GOOD | document), NO_SERVERS)
    known = {field.serialization_alias or name for name, field in CreateApplication.model_fields.items()}
    assert {field.split(".")[0] for field in told} <= known
    assert all(told.values())
    if not told:
        request = accepted(CreateApplication.from_wire(GOOD | document))
        assert problems(request, NO_SERVERS) == {}
        json.dumps(request.to_wire())


@given(VARIABLES, WORDS)
@settings(max_examples=100)
def test_no_accepted_service_shadows_a_variable_of_the_platform(variables: list[dict[str, Any]], name: str) -> None:
    document = GOOD | {"services": [SERVICE | {"name": name, "envVars": variables}]}
    if problems(CreateApplication.from_wire(document), NO_SERVERS):
        return
    application = Application.from_wire(document)
    plane = MediaPlane("10.0.0.1", 9000, "vnfr")
    variables_of = application_environment(application, plane, {name: "host"})
    bare = application_environment(Application.from_wire(GOOD), plane, {})
    assert {each: variables_of[each] for each in bare} == bare
    assert RESERVED


def test_quota() -> None:
    check_quota(Quota(), Used(1000, 1000, 1000), instances=10, replicas=10)
    check_quota(Quota(2, 5, 6), Used(1, 3, 4), instances=2, replicas=2)
    with pytest.raises(LimitError, match=r"1 more applications: 2 of 2 .* 3 more media servers: 3 of 5"):
        check_quota(Quota(2, 5, 6), Used(2, 3, 4), instances=3, replicas=2)
    with pytest.raises(LimitError, match="containers"):
        check_quota(Quota(replicas=0), Used(0, 0, 0), instances=1, replicas=1)
