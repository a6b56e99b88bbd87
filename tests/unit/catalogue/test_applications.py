"""Documents of the PaaS go in and out as they were; names on the wire are the original's."""

from __future__ import annotations

from nai.catalogue.applications import (
    Application,
    AppStatus,
    CreateApplication,
    Flavor,
    MarketplaceApplication,
    PaasProject,
)

REQUEST = {
    "name": "magic-mirror",
    "gitURL": "https://git.example.org/magic-mirror.git",
    "ports": [{"port": 8443, "targetPort": 443, "protocol": "TCP"}],
    "flavor": "MEDIUM",
    "replicasNumber": 2,
    "qualityOfService": "GOLD",
    "cloudRepository": True,
    "turnServerActivate": True,
    "turnServerUrl": "turn.example.org:3478",
    "numberOfInstances": 1,
    "scaleOutLimit": 5,
    "scaleOutThreshold": 140.0,
    "services": [{"name": "db", "dockerURL": "mariadb", "envVars": [{"name": "MYSQL_DATABASE", "value": "x"}]}],
}


def test_request_goes_through_unchanged() -> None:
    request = CreateApplication.from_wire(REQUEST)
    assert request.to_wire() == REQUEST
    assert request.flavor is Flavor.MEDIUM
    assert request.services[0].env_vars[0].name == "MYSQL_DATABASE"


def test_application_keeps_what_it_does_not_know_and_its_misspelling() -> None:
    document = REQUEST | {
        "id": "1",
        "osName": "a1b2c3d4e",
        "status": "DEPLOYNG",
        "mediaServerGroup": {"nsrID": "2", "msVnfrId": "3", "status": "ACTIVE", "hosts": [{"floatingIp": "10.0.0.1"}]},
        "resourceOK": True,
        "newer": "field",
    }
    application = Application.from_wire(document)
    assert application.status is AppStatus.DEPLOYING
    assert application.to_wire() == document


def test_flavours_as_the_contract_has_them() -> None:
    assert [(flavor.flavour_key, flavor.capacity_points) for flavor in Flavor] == [
        ("d1.small", 100),
        ("d1.medium", 200),
        ("d1.large", 400),
    ]


def test_shared_application_and_project() -> None:
    shared = REQUEST | {
        "description": "A mirror",
        "provider": "TUB",
        "requirements": {"browser": "any"},
        "shared": True,
    }
    assert MarketplaceApplication.from_wire(shared).to_wire() == shared
    project = {"id": "1", "name": "p", "users": {"ann": "ADMIN", "bob": "GUEST"}}
    assert PaasProject.from_wire(project).to_wire() == project
