"""Where the services are, and the files to log in with."""

import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from nai.installer.credentials import clouds_document, write_credentials
from nai.installer.endpoints import EndpointsError, endpoints
from nai.installer.endpoints_table import table
from nai.installer.inventory import Inventory
from nai.installer.release import Release
from tests.support.repository import ROOT
from tests.unit.installer.conftest import MakeInventory

PASSWORDS = {
    "keystone_admin_password": "admin-secret-1",
    "rabbitmq_openstack_password": "rabbit-secret-1",
    "nfvo_admin_password": "orchestrator-secret-1",
    "rabbitmq_vnfm_password": "manager-secret-1",
}

MEDIA_PLANE = ("nfvo", "media_server_vnfm", "media_bus")


@pytest.fixture
def inventory(make_inventory: MakeInventory, tmp_path: Path) -> Inventory:
    return Inventory([make_inventory(nai_state_dir=str(tmp_path / "state"), **PASSWORDS)])


def test_each_service_has_address_user_and_a_private_password_file(inventory: Inventory, tmp_path: Path) -> None:
    found = endpoints(inventory).as_dict()
    directory = tmp_path / "state" / "credentials" / "lab"
    assert found["keystone"] == {
        "url": "http://10.1.0.10:5000/v3",
        "username": "admin",
        "password_file": str(directory / "keystone"),
        "ca_file": None,
    }
    assert set(found) == {"keystone", "glance", "placement", "nova", "neutron", "rabbitmq", *MEDIA_PLANE}
    assert found["nova"]["url"] == "http://10.1.0.10:8774/v2.1"
    for service, password in (("nova", "admin-secret-1"), ("rabbitmq", "rabbit-secret-1")):
        file = Path(found[service]["password_file"])
        assert file.read_text() == password
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700


def test_the_media_plane_is_on_the_operations_host(inventory: Inventory, tmp_path: Path) -> None:
    found = endpoints(inventory).as_dict()
    said = {name: (found[name]["url"], found[name]["username"]) for name in MEDIA_PLANE}
    assert said == {
        "nfvo": ("http://10.1.0.30:8080/api/v1", "admin"),
        "media_server_vnfm": ("http://10.1.0.30:9000/vnfr", None),
        "media_bus": ("amqp://10.1.0.30:5672/", "vnfm"),
    }
    directory = tmp_path / "state" / "credentials" / "lab"
    assert (directory / "nfvo").read_text() == "orchestrator-secret-1"
    assert (directory / "media_bus").read_text() == "manager-secret-1"
    assert found["media_server_vnfm"]["password_file"] is None
    assert "media_server_vnfm  http://10.1.0.30:9000/vnfr" in table(endpoints(inventory))


def test_clouds_yaml_is_for_openstacksdk(inventory: Inventory) -> None:
    cloud = yaml.safe_load(Path(endpoints(inventory).clouds_file).read_text())["clouds"]["nai"]
    assert cloud["auth"]["auth_url"] == "http://10.1.0.10:5000/v3"
    assert cloud["auth"]["password"] == "admin-secret-1"
    assert cloud["region_name"] == "RegionOne"


def test_the_table_shows_no_password(inventory: Inventory) -> None:
    text = table(endpoints(inventory))
    assert "http://10.1.0.10:9696" in text
    assert "OS_CLIENT_CONFIG_FILE=" in text
    assert not [password for password in PASSWORDS.values() if password in text]


def test_without_secrets_it_says_what_to_do(make_inventory: MakeInventory) -> None:
    with pytest.raises(EndpointsError, match="keystone_admin_password: is not set; make the secrets with `nai secrets"):
        endpoints(Inventory([make_inventory()]))


def test_a_wrong_release_is_named(make_inventory: MakeInventory) -> None:
    with pytest.raises(EndpointsError, match="run `nai validate`"):
        endpoints(Inventory([make_inventory(nai_release="yoga")]))


@pytest.fixture
def blades(make_inventory: MakeInventory, tmp_path: Path) -> Path:
    """The inventory for OpenStack Kilo, with secrets."""
    source = ROOT / "inventories" / "kilo_blades"
    variables = yaml.safe_load((source / "group_vars/all/main.yml").read_text())
    hosts = (source / "hosts.yml").read_text()
    return make_inventory(hosts=hosts, **{**variables, "nai_state_dir": str(tmp_path / "state"), **PASSWORDS})


def test_kilo_is_reached_from_outside(blades: Path) -> None:
    found = {name: service["url"] for name, service in endpoints(Inventory([blades])).as_dict().items()}
    assert found == {
        "keystone": "http://198.51.100.10:5000/v3",
        "glance": "http://198.51.100.10:9292",
        "nova": "http://198.51.100.10:8774/v2",
        "neutron": "http://198.51.100.10:9696",
        "dashboard": "http://198.51.100.10:80/dashboard",
        # For the hosts alone.
        "rabbitmq": "amqp://192.0.2.10:5672",
    }


def test_kilo_by_name_and_without_its_dashboard(blades: Path) -> None:
    extra = ["public_access_address=cloud.example.org", "{packstack_dashboard: false}"]
    found = endpoints(Inventory([blades], extra)).as_dict()
    assert "dashboard" not in found
    assert found["keystone"]["url"] == "http://cloud.example.org:5000/v3"


def test_a_release_without_a_port_is_named(inventory: Inventory, monkeypatch: pytest.MonkeyPatch) -> None:
    epoxy = Release.named("epoxy")
    services = {**epoxy.services, "glance": {"unit": "glance-api"}}
    monkeypatch.setattr(Release, "named", lambda _name: replace(epoxy, services=services))
    with pytest.raises(EndpointsError, match="the release has no port of glance"):
        endpoints(inventory)


def test_credentials_are_written_once(tmp_path: Path) -> None:
    file = tmp_path / "a" / "b" / "clouds.yaml"
    clouds = clouds_document("http://c:5000/v3", "R", "p", "/ca.pem")
    assert write_credentials(file, {"keystone": "p"}, clouds, dry=True) == [str(file.parent / "keystone"), str(file)]
    assert not file.parent.exists()
    assert len(write_credentials(file, {"keystone": "p"}, clouds)) == 2
    assert write_credentials(file, {"keystone": "p"}, clouds) == []
    assert write_credentials(file, {"keystone": "q"}, clouds) == [str(file.parent / "keystone")]
    os.chmod(file, 0o644)  # noqa: PTH101  # not through the class under test
    assert write_credentials(file, {"keystone": "q"}, clouds) == [str(file)]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert yaml.safe_load(file.read_text())["clouds"]["nai"]["cacert"] == "/ca.pem"
