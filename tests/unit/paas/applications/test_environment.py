"""What an application finds in its environment."""

from __future__ import annotations

from nai.catalogue.applications import Application
from nai.paas.applications.environment import MediaPlane, application_environment, variable_prefix

PLANE = MediaPlane("10.0.0.5", 9000, "vnfr-1", "10.0.0.9")


def environment(**fields: object) -> dict[str, str]:
    application = Application.from_wire({"name": "mirror", "route": "a1.example.org"} | fields)
    hosts = {str(service.name): f"{service.os_name}-svc" for service in application.services}
    return application_environment(application, PLANE, hosts)


def test_media_plane_and_route() -> None:
    assert environment() == {
        "VNFR_ID": "vnfr-1",
        "VNFM_IP": "10.0.0.5",
        "VNFM_PORT": "9000",
        "ROUTE": "a1.example.org",
    }


def test_repository_and_cdn_only_when_asked_for() -> None:
    assert environment(cloudRepository=True)["CLOUDREPO_PORT"] == "7676"
    assert environment(cdnConnector=True)["CDN_SERVER_IP"] == "10.0.0.9"
    assert "CLOUDREPO_IP" not in environment(cdnConnector=True)


def test_services_and_own_variables() -> None:
    services = [
        {"name": "my-db", "osName": "b2-a1", "envVars": [{"name": "USER", "value": "x"}, {"name": "EMPTY"}]},
        {"name": "cache", "osName": "c3-a1"},
    ]
    found = environment(services=services, envVars=[{"name": "VNFM_PORT", "value": "1"}])
    assert found["MY_DB_HOST"] == "b2-a1-svc"
    assert (found["MY_DB_USER"], found["MY_DB_EMPTY"], found["CACHE_HOST"]) == ("x", "", "c3-a1-svc")
    assert found["VNFM_PORT"] == "1"


def test_prefixes_are_names_of_variables() -> None:
    assert variable_prefix("my db; rm -rf") == "MY_DB__RM__RF"
