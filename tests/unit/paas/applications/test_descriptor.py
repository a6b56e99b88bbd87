"""The NSD of an application is what the orchestrator of the original got."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nai.catalogue import NetworkServiceDescriptor
from nai.catalogue.applications import CreateApplication, Flavor, QualityOfService
from nai.paas.applications.descriptor import Installation, build_descriptor
from nai.paas.applications.names import new_os_name, service_os_name

INSTALLATION = Installation(
    vim_name="nubomedia-vim",
    media_server_image="nubomedia/kurento-media-server",
    repository_image="cloud-repo-cdn",
    repository_package="https://git.example.org/cloud-repository-scripts.git",
    stun_server=("192.0.2.7", "3478"),
    turn_server=("192.0.2.7:3478", "nubo", "media"),
)


def build(**fields: object) -> dict[str, object]:
    request = CreateApplication.from_wire({"name": "mirror", "flavor": "MEDIUM"} | fields)
    return build_descriptor(request, "a12345678", INSTALLATION).to_wire()


def test_plain_application() -> None:
    assert build(numberOfInstances=2, qualityOfService="GOLD") == {
        "name": "mirror-a12345678",
        "vendor": "TUB",
        "version": "1.0",
        "vld": [{"name": "internal_nubomedia"}],
        "vnfd": [
            {
                "name": "media-server-vnf-a12345678",
                "vendor": "TUB",
                "version": "1.0",
                "type": "media-server",
                "endpoint": "media-server",
                "configurations": {
                    "name": "mediaserver",
                    "configurationParameters": [
                        {"confKey": "mediaserver.turn-server.activate", "value": "false"},
                        {"confKey": "mediaserver.stun-server.activate", "value": "false"},
                    ],
                },
                "vdu": [
                    {
                        "name": "vdu-a12345678",
                        "vm_image": ["nubomedia/kurento-media-server"],
                        "vimInstanceName": ["nubomedia-vim"],
                        "scale_in_out": 2,
                        "vnfc": [
                            {
                                "connection_point": [
                                    {"floatingIp": "random", "virtual_link_reference": "internal_nubomedia"}
                                ]
                            }
                        ]
                        * 2,
                    }
                ],
                "virtual_link": [{"name": "internal_nubomedia", "qos": ["minimum_bandwith:GOLD"]}],
                "deployment_flavour": [{"flavour_key": "d1.medium"}],
                "auto_scale_policy": [],
            }
        ],
        "vnf_dependency": [
            {
                "source": {"name": "media-server-vnf-a12345678"},
                "target": {"name": "media-server-vnf-a12345678"},
                "parameters": ["internal_nubomedia_ip"],
            }
        ],
    }


@pytest.mark.parametrize(("asked", "threshold"), [(0.0, 140.0), (-1.0, 140.0), (90.0, 90.0)])
def test_policies_of_one_that_scales(asked: float, threshold: float) -> None:
    function = build(scaleOutLimit=5, scaleOutThreshold=asked)["vnfd"][0]  # type: ignore[index]
    assert function["vdu"][0]["scale_in_out"] == 5
    common = {"threshold": 100.0, "comparisonOperator": ">=", "period": 30, "cooldown": 60}
    common |= {"mode": "REACTIVE", "type": "VOTED"}
    alarm = {"metric": "CONSUMED_CAPACITY", "statistic": "avg", "weight": 1.0}
    assert function["auto_scale_policy"] == [
        {
            "name": "scale-out",
            **common,
            "alarms": [alarm | {"comparisonOperator": ">=", "threshold": threshold}],
            "actions": [{"type": "SCALE_OUT", "value": "1"}],
        },
        {
            "name": "scale-in",
            **common,
            "alarms": [alarm | {"comparisonOperator": "<=", "threshold": 60.0}],
            "actions": [{"type": "SCALE_IN", "value": "1"}],
        },
    ]


def test_servers_of_the_application_before_those_of_the_installation() -> None:
    def settings_of(**fields: object) -> dict[str, str]:
        function = build(**fields)["vnfd"][0]  # type: ignore[index]
        parameters = function["configurations"]["configurationParameters"]
        return {each["confKey"].removeprefix("mediaserver."): each["value"] for each in parameters}

    own = settings_of(turnServerActivate=True, turnServerUrl="t:1", turnServerUsername="u", turnServerPassword="p")
    assert own == {
        "turn-server.activate": "true",
        "turn-server.url": "t:1",
        "turn-server.username": "u",
        "turn-server.password": "p",
        "stun-server.activate": "false",
    }
    default = settings_of(turnServerActivate=True, stunServerActivate=True)
    assert default["turn-server.url"] == "192.0.2.7:3478"
    assert default["turn-server.password"] == "media"
    assert (default["stun-server.address"], default["stun-server.port"]) == ("192.0.2.7", "3478")


@pytest.mark.parametrize("fields", [{"cloudRepository": True}, {"cdnConnector": True}])
def test_cloud_repository_beside_the_media_servers(fields: dict[str, bool]) -> None:
    repository = build(**fields)["vnfd"][1]  # type: ignore[index]
    start = ["start-single-mongo.sh", "start-kurento-repo-server.sh"] + ["start-cdn.sh"] * ("cdnConnector" in fields)
    assert repository["endpoint"] == "generic"
    assert repository["lifecycle_event"] == [
        {"event": "INSTANTIATE", "lifecycle_events": ["install.sh"]},
        {"event": "START", "lifecycle_events": start},
    ]
    assert repository["deployment_flavour"] == [{"flavour_key": "m3.medium"}]
    assert repository["vdu"][0]["scale_in_out"] == 4
    assert repository["configurations"]["configurationParameters"] == [
        {"confKey": "PORT", "value": "27018"},
        {"confKey": "SMALLFILES", "value": "true"},
    ]


@given(
    instances=st.integers(1, 20),
    limit=st.integers(0, 20),
    flavour=st.sampled_from(Flavor),
    quality=st.none() | st.sampled_from(QualityOfService),
)
@settings(max_examples=30)
def test_any_request_makes_a_descriptor_that_reads_back(
    instances: int, limit: int, flavour: Flavor, quality: QualityOfService | None
) -> None:
    request = CreateApplication(
        name="x", flavor=flavour, number_of_instances=instances, scale_out_limit=limit, quality_of_service=quality
    )
    document = build_descriptor(request, new_os_name(), INSTALLATION).to_wire()
    unit = NetworkServiceDescriptor.from_wire(document).vnfd[0].vdu[0]
    assert len(unit.vnfc) == instances <= unit.scale_in_out == max(instances, limit)


def test_names() -> None:
    assert re.fullmatch(r"[a-z][0-9a-f]{8}", new_os_name())
    assert re.fullmatch(r"[a-z][0-9a-f]{8}-a12345678", service_os_name("a12345678"))
    assert len({new_os_name() for _ in range(100)}) == 100
