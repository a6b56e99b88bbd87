"""What the roles of the media plane put on the operations host is what its services and its bus understand."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from nai.core.settings import ServiceSettings, load_settings
from nai.installer.schema import schema
from nai.nfvo.settings import NfvoSettings
from nai.vnfm.generic.settings import GenericVnfmSettings
from nai.vnfm.media_server.settings import MediaServerSettings
from tests.support.rendering import Rendering
from tests.support.repository import ROOT

SECRETS = {name: f"made-up-{name}-0123456789abcdef" for name in schema().secrets_for("full", "epoxy")}
REGISTERED = {"nai_package_state": {"release": "0123456789ab", "changed": False}, "ansible_check_mode": False}
SERVICES: dict[str, type[ServiceSettings]] = {
    "nfvo": NfvoSettings,
    "vnfm-generic": GenericVnfmSettings,
    "vnfm-media-server": MediaServerSettings,
}

STAGES = ("infrastructure", "media_plane")

Permissions = dict[str, dict[str, re.Pattern[str]]]


def rendering(name: str, directory: Path) -> Rendering:
    """An inventory of the checkout, without the secrets that it may have by now."""
    inventory = shutil.copytree(
        ROOT / "inventories" / name, directory / name, ignore=shutil.ignore_patterns("secrets.yml", "testbed.yml")
    )
    return Rendering(inventory, {**SECRETS, **REGISTERED}, STAGES)


@pytest.fixture(scope="module")
def testbed(tmp_path_factory: pytest.TempPathFactory) -> Rendering:
    return rendering("testbed", tmp_path_factory.mktemp("inventory"))


@pytest.fixture(scope="module")
def files(testbed: Rendering) -> dict[str, str]:
    return testbed.files("operations1")


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_takes_its_settings(service: str, files: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "settings.yml"
    path.write_text(files[f"/etc/nai/{service}.yml"])
    settings = load_settings(SERVICES[service], path)
    key = service.replace("-", "_")
    assert settings.listen_address == "172.31.90.30"
    assert settings.database_url.get_secret_value() == (
        f"mysql+asyncmy://{key}:{SECRETS[f'{key}_database_password']}@172.31.90.30:3306/{key}"
    )
    assert settings.broker_url.get_secret_value() == (
        f"amqp://{service}:{SECRETS[f'{key}_broker_password']}@172.31.90.30:5672/"
    )


def test_ports_are_those_of_the_release(files: dict[str, str]) -> None:
    ports = {service: yaml.safe_load(files[f"/etc/nai/{service}.yml"])["listen_port"] for service in SERVICES}
    assert ports == {"nfvo": 8080, "vnfm-generic": 9100, "vnfm-media-server": 9000}


def test_instances_are_told_an_address_that_they_reach(files: dict[str, str]) -> None:
    nfvo = yaml.safe_load(files["/etc/nai/nfvo.yml"])
    generic = yaml.safe_load(files["/etc/nai/vnfm-generic.yml"])
    assert (nfvo["broker_address"], nfvo["broker_port"]) == ("172.31.92.30", 5672)
    assert generic["ems_broker_address"] == "172.31.92.30"
    assert "listeners.tcp.2 = 172.31.92.30:5672" in files["/etc/rabbitmq/rabbitmq.conf"]


@pytest.mark.parametrize("service", SERVICES)
def test_a_unit_runs_its_service_without_rights(service: str, files: dict[str, str]) -> None:
    unit = files[f"/etc/systemd/system/nai-{service}.service"]
    assert f"ExecStart=/opt/nai/current/bin/nai {service} serve --config /etc/nai/{service}.yml\n" in unit
    assert f"User=nai-{service}\n" in unit
    for line in ("CapabilityBoundingSet=", "NoNewPrivileges=true", "ProtectSystem=strict", "Restart=always"):
        assert f"\n{line}\n" in unit


def definitions(text: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(text)
    return read


def permissions(files: dict[str, str]) -> Permissions:
    found = definitions(files["/etc/rabbitmq/definitions.json"])["permissions"]
    return {
        entry["user"]: {key: re.compile(entry[key]) for key in ("configure", "write", "read")}
        for entry in found
        if entry["vhost"] == "/"
    }


def test_each_bus_is_its_own_on_hosts_of_their_own(testbed: Rendering, files: dict[str, str]) -> None:
    controller = definitions(testbed.files("controller1")["/etc/rabbitmq/definitions.json"])
    operations = definitions(files["/etc/rabbitmq/definitions.json"])
    assert [entry["name"] for entry in controller["vhosts"]] == ["openstack"]
    assert [entry["name"] for entry in operations["vhosts"]] == ["/"]
    assert {entry["name"] for entry in operations["users"]} == {entry["user"] for entry in operations["permissions"]}
    assert not [secret for secret in SECRETS.values() if secret in files["/etc/rabbitmq/definitions.json"]]


def test_one_machine_carries_both(tmp_path: Path) -> None:
    files = rendering("single_host", tmp_path).files("cloud1")
    both = definitions(files["/etc/rabbitmq/definitions.json"])
    assert [entry["name"] for entry in both["vhosts"]] == ["openstack", "/"]
    assert {(entry["user"], entry["vhost"]) for entry in both["permissions"]} >= {
        ("openstack", "openstack"),
        ("nfvo", "/"),
    }
    assert yaml.safe_load(files["/etc/nai/nfvo.yml"])["broker_address"] == "192.0.2.10"


OURS = (
    "vnfm.nfvo.actions",
    "vnfm.nfvo.actions.reply",
    "nfvo.vnfm.register",
    "nfvo.manager.handling",
    "nfvo.event.register",
)


@pytest.mark.parametrize("queue", OURS)
def test_nobody_but_the_orchestrator_reads_what_it_is_sent(queue: str, files: dict[str, str]) -> None:
    readers = [user for user, allowed in permissions(files).items() if allowed["read"].search(queue)]
    assert readers == ["nfvo"]


@pytest.mark.parametrize(
    ("user", "kind"), [("vnfm-generic", "generic"), ("vnfm-media-server", "media-server"), ("vnfm", "x")]
)
def test_a_manager_has_the_queues_of_its_type(user: str, kind: str, files: dict[str, str]) -> None:
    allowed = permissions(files)[user]
    for queue in (f"nfvo.{kind}.actions", f"{kind}-endpoint", f"ems.{kind}.register", "amq.gen-Xy1", "amq_0f"):
        assert all(allowed[right].search(queue) for right in allowed), queue
    for queue in ("vnfm.nfvo.actions", "vnfm.nfvo.actions.reply", "nfvo.vnfm.register"):
        assert allowed["configure"].search(queue), "a client declares what it writes to"
        assert allowed["write"].search(queue)
    others = {"generic", "media-server", "x"} - ({kind} if user != "vnfm" else {"x"})
    for other in others:
        for queue in (f"nfvo.{other}.actions", f"ems.{other}.register"):
            assert not [right for right in allowed if allowed[right].search(queue)], f"{user}: {queue}"


def test_only_the_generic_manager_answers_for_scripts_output(files: dict[str, str]) -> None:
    readers = {user for user, allowed in permissions(files).items() if allowed["read"].search("nfvo.vnfm.logs")}
    assert readers == {"nfvo", "vnfm-generic"}


def test_an_agent_reads_queues_of_instances_only_and_publishes_to_the_exchange_alone(files: dict[str, str]) -> None:
    allowed = permissions(files)["ems"]
    assert all(allowed[right].search("vnfm.web-0.actions") for right in allowed)
    for name in ("vnfm.nfvo.actions", "nfvo.generic.actions", "ems.generic.register", "amq.gen-1", "amq.default"):
        assert not [right for right in allowed if allowed[right].search(name)], name
    [topic] = definitions(files["/etc/rabbitmq/definitions.json"])["topic_permissions"]
    assert re.search(topic["write"], "ems.generic.register")
    assert not re.search(topic["write"], "vnfm.web-0.actions"), "no agent gives another one orders"
