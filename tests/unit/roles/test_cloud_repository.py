"""The network services of the media repository: descriptors, scripts, and how the two fit together."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template

from nai.catalogue import Event, NetworkServiceDescriptor, VirtualNetworkFunctionDescriptor
from nai.vnfm.generic.environment import source_type_of
from nai.vnfm.generic.scripts import script_name
from tests.support.repository import ROOT

ROLE = ROOT / "roles/cloud_repository"
SCRIPTS = ROLE / "files/scripts"
KINDS = ["mongodb", "config", "shard", "router"]


def templar(**more: Any) -> Templar:
    loader = DataLoader()
    loader.set_basedir(str(ROLE / "templates"))
    values: dict[str, Any] = {
        "media_network_name": "internal_nubomedia",
        "nfvo_vim_name": "nubomedia-vim",
        "cloud_repository_password": 'p"a$s',
        "cloud_repository_package_ids": {kind: f"id-of-{kind}" for kind in KINDS},
    }
    for name in ("defaults", "vars"):
        values |= loader.load_from_file(str(ROLE / name / "main.yml"), trusted_as_template=True)
    return Templar(loader, {**values, **more})


def render(name: str, **more: Any) -> dict[str, Any]:
    made = templar(**more)
    text = trust_as_template((ROLE / "templates" / name).read_text())
    found = made.template(text)
    document: dict[str, Any] = json.loads(found) if isinstance(found, str) else found
    return document


def services() -> list[dict[str, Any]]:
    made = templar()
    found: list[dict[str, Any]] = made.template(made.available_variables["cloud_repository_services"])
    return found


@pytest.mark.parametrize("service", services(), ids=lambda each: each["name"])
def test_a_services_descriptor(service: dict[str, Any]) -> None:
    document = render("nsd.json.j2", service=service)
    nsd = NetworkServiceDescriptor.from_wire(document)
    assert nsd.to_wire() == document
    assert nsd.name == service["name"]
    assert [function.type for function in nsd.vnfd] == service["functions"]
    names = {function.name for function in nsd.vnfd}
    for function in nsd.vnfd:
        assert function.endpoint == "generic"
        assert function.vnf_package_location == f"id-of-{function.type}"
        assert function.deployment_flavour[0].flavour_key
        assert function.vdu[0].vm_image
    for dependency in nsd.vnf_dependency:
        assert dependency.source is not None
        assert dependency.target is not None
        assert {dependency.source.name, dependency.target.name} <= names


def test_the_single_instance_has_authentication_and_the_seeds_parameters() -> None:
    (service, _) = services()
    (function,) = NetworkServiceDescriptor.from_wire(render("nsd.json.j2", service=service)).vnfd
    assert function.configurations is not None
    values = function.configurations.as_dict()
    assert (values["PORT"], values["SECURITY"], values["SMALLFILES"]) == ("27018", "true", "true")
    assert (values["USERNAME_MD"], values["PASSWORD"]) == ("nubomedia", 'p"a$s')


@pytest.mark.parametrize("kind", KINDS)
def test_a_package_has_the_scripts_of_its_function_and_no_secret(kind: str) -> None:
    document = render("vnfd.json.j2", item=kind)
    function = VirtualNetworkFunctionDescriptor.from_wire(document)
    assert "PASSWORD" not in json.dumps(document)
    scripts = [name for event in function.lifecycle_event for name in event.lifecycle_events]
    assert scripts
    for name in scripts:
        assert (SCRIPTS / script_name(name)).is_file()
    metadata = yaml.safe_load(
        str(templar(item=kind).template(trust_as_template((ROLE / "templates/Metadata.yaml.j2").read_text())))
    )
    assert metadata["name"] == f"cloud-repository-{kind}"


def test_the_router_is_told_of_config_servers_and_shards() -> None:
    function = VirtualNetworkFunctionDescriptor.from_wire(render("vnfd.json.j2", item="router"))
    (configure,) = (event for event in function.lifecycle_event if event.event is Event.CONFIGURE)
    types = set(function.requires)
    assert [source_type_of(name, types) for name in configure.lifecycle_events] == ["config", "shard"]
    others = [name for event in function.lifecycle_event if event is not configure for name in event.lifecycle_events]
    assert [source_type_of(name, types) for name in others] == [None] * len(others)


def test_the_scripts_pass_shellcheck() -> None:
    subprocess.run(["shellcheck", "-x", *sorted(path.name for path in SCRIPTS.glob("*.sh"))], cwd=SCRIPTS, check=True)


def run(name: str, directory: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/bin:/bin", "MONGODB_DIRECTORY": str(directory), **variables}
    return subprocess.run(
        ["/bin/bash", name], cwd=SCRIPTS, env=environment, capture_output=True, text=True, check=False
    )


def test_without_a_source_the_variables_are_named(tmp_path: Path) -> None:
    done = run("install.sh", tmp_path / "mongodb")
    assert done.returncode == 1
    for name in ("cloud_repository_mongodb_archive", "cloud_repository_mongodb_repository", "cloud_repository_image"):
        assert name in done.stderr


@pytest.mark.parametrize(
    ("variables", "text"),
    [
        ({"PORT": "0"}, "PORT is '0'"),
        ({"PORT": "x;id"}, "PORT is 'x;id'"),
        ({"SECURITY": "maybe"}, "SECURITY"),
        ({"SECURITY": "true"}, "USERNAME_MD and PASSWORD are needed"),
        ({"SMALLFILES": "1"}, "SMALLFILES"),
        ({"MONGODB_ARCHIVE": "/etc/passwd"}, "an http, https or file address is needed"),
        ({"MONGODB_ARCHIVE": "file:///nowhere.tgz"}, "cannot be fetched"),
    ],
)
def test_wrong_settings_are_named(variables: dict[str, str], text: str, tmp_path: Path) -> None:
    done = run("install.sh", tmp_path / "mongodb", **variables)
    assert done.returncode == 1
    assert text in done.stderr


def test_the_address_of_a_source_is_checked(tmp_path: Path) -> None:
    done = run("shard_config.sh", tmp_path, shard_internal_nubomedia="$(id)")
    assert done.returncode == 1
    assert re.search("shard_internal_nubomedia holds no address", done.stderr)
