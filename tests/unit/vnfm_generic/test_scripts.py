"""What agents are asked for to have a VNF's scripts; user data; broker users."""

import base64
import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from nai.catalogue import Script, VirtualNetworkFunctionRecord, VNFPackage
from nai.vnfm.generic import bootstrap
from nai.vnfm.generic.accounts import AccountPerVnf, permissions, topic_permissions
from nai.vnfm.generic.agent_archive import agent_archive
from nai.vnfm.generic.bootstrap import AgentAccount, user_data
from nai.vnfm.generic.scripts import PackageError, delivery_requests, save_request
from nai.vnfm.sdk import VnfmError

RECORD = VirtualNetworkFunctionRecord(id="0a1b", name="mongodb.1+x")


def account(**more: Any) -> AgentAccount:
    values = {"address": "192.0.2.1", "port": 5672, "virtual_host": "/", "username": "ems"}
    return AgentAccount(**{**values, "password": SecretStr("a'b$(id)`x`\\"), **more})


def test_scripts_of_a_package_are_saved() -> None:
    package = VNFPackage.from_wire(
        {"scripts": [{"name": "a.sh", "payload": "ZWNobw=="}, {"name": "b.sh", "payload": [101, -61, -89]}]}
    )
    first, second = delivery_requests(package, "https://x/y")
    assert first == {
        "action": "SAVE_SCRIPTS",
        "payload": "ZWNobw==",
        "name": "a.sh",
        "script-path": "/opt/openbaton/scripts",
    }
    assert base64.b64decode(second["payload"]) == "eç".encode()


@pytest.mark.parametrize(
    ("package", "location"),
    [
        (VNFPackage(scripts_link="https://e.org/s.git"), None),
        (None, "https://e.org/s.git"),
        (VNFPackage(), "https://e.org/s.git"),
    ],
)
def test_a_git_address_is_cloned(package: VNFPackage | None, location: str | None) -> None:
    (request,) = delivery_requests(package, location)
    assert (request["action"], request["payload"]) == ("CLONE_SCRIPTS", "https://e.org/s.git")


@pytest.mark.parametrize("location", [None, "", "0a1b-package-id"])
def test_no_package_is_no_request(location: str | None) -> None:
    assert delivery_requests(None, location) == []


@pytest.mark.parametrize(
    "address",
    ["file:///etc", "http://e.org/x", "ext://x", "https://u:geheim@e.org/x", "https://e.org/a b", "https://[x"],
)
def test_other_addresses_are_refused(address: str) -> None:
    with pytest.raises(PackageError) as error:
        delivery_requests(None, address)
    assert "geheim" not in str(error.value)


@pytest.mark.parametrize(
    "script",
    [
        Script(name="../a", payload="eA=="),
        Script(name="a.sh"),
        Script(name="a.sh", payload="***"),
        Script(payload="eA=="),
    ],
)
def test_scripts_that_cannot_be_used(script: Script) -> None:
    with pytest.raises(PackageError):
        save_request(script)


def test_the_agent_is_one_file_that_runs(tmp_path: Path) -> None:
    archive = agent_archive()
    assert zipfile.ZipFile(io.BytesIO(archive)).testzip() is None
    path = tmp_path / "ems.pyz"
    path.write_bytes(archive)
    done = subprocess.run(
        [sys.executable, "-I", path, tmp_path / "absent"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "absent" in done.stderr


def test_user_data_brings_the_configuration_and_the_agent_and_no_shell_sees_a_value(tmp_path: Path) -> None:
    text = user_data(account(), vnfm_type="generic", heartbeat_seconds=60)
    assert text.startswith("#!/bin/sh\n")
    assert "#Hostname=\n" in text
    assert len(text) < bootstrap.LONGEST_USER_DATA_BYTES
    # Run with the directories moved, and without an init or a Python that would start the agent for good.
    moved = re.sub(r"(?<![.\w])/(etc|opt|var|run)/", rf"{tmp_path}/\1/", text.replace("#Hostname=", "Hostname=VNF-0"))
    moved = moved.replace("setsid", ":")
    subprocess.run(["/bin/sh", "-c", moved], check=True, capture_output=True)
    configuration = (tmp_path / "etc/openbaton/ems/conf.ini").read_text().splitlines()
    assert configuration == [
        "[ems]",
        "broker_ip = 192.0.2.1",
        "broker_port = 5672",
        "username = ems",
        "password = a'b$(id)`x`\\",
        "virtual_host = /",
        "type = generic",
        "heartbeat = 60",
        "autodelete = true",
        "hostname = VNF-0",
    ]
    assert (tmp_path / "opt/openbaton/ems/ems.pyz").read_bytes() == agent_archive()
    assert ((tmp_path / "etc/openbaton/ems/conf.ini").stat().st_mode & 0o777) == 0o600


def test_the_bootstrap_passes_shellcheck() -> None:
    path = Path(bootstrap.__file__).with_name("bootstrap.sh")
    subprocess.run(["shellcheck", path], check=True)


@pytest.mark.parametrize("password", ["a\nbroker_ip = evil", " a", "", "ä"])
def test_what_a_configuration_cannot_hold_is_refused(password: str) -> None:
    with pytest.raises(VnfmError, match="password"):
        user_data(account(password=SecretStr(password)), vnfm_type="generic", heartbeat_seconds=60)


async def test_a_broker_user_per_vnf() -> None:
    asked: list[tuple[str, str, Any]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append((request.method, request.url.raw_path.decode(), json.loads(request.content or b"null")))
        return httpx.Response(404 if request.method == "DELETE" else 201)

    async with httpx.AsyncClient(base_url="http://m", transport=httpx.MockTransport(answer)) as client:
        accounts = AccountPerVnf(client, virtual_host="/", secret=SecretStr("s"))
        name, password = await accounts.of(RECORD)
        assert (name, password) == await accounts.of(RECORD)
        await accounts.remove(RECORD)
    assert name == "ems-0a1b"
    assert asked[0] == ("PUT", "/api/users/ems-0a1b", {"password": password.get_secret_value(), "tags": ""})
    assert [path for _, path, _ in asked[1:3]] == [
        "/api/permissions/%2F/ems-0a1b",
        "/api/topic-permissions/%2F/ems-0a1b",
    ]
    assert asked[-1][:2] == ("DELETE", "/api/users/ems-0a1b")


async def test_a_management_interface_that_refuses_is_an_error() -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(401))
    async with httpx.AsyncClient(base_url="http://m", transport=transport) as client:
        with pytest.raises(VnfmError, match="refused PUT /api/users/ems-0a1b: 401"):
            await AccountPerVnf(client, virtual_host="/", secret=SecretStr("s")).of(RECORD)


def test_an_agent_reaches_its_own_queues_and_nothing_else() -> None:
    may = permissions("mongodb.1+x")
    topics = topic_permissions("mongodb.1+x")
    own, others = (
        "vnfm.mongodb.1+x-0.actions",
        [
            "vnfm.mongodb-1-0.actions",
            "vnfm.nfvo.actions",
            "amq.default",
            "nfvo.generic.actions",
            "x.vnfm.mongodb.1+x-0.actions",
        ],
    )
    for pattern in (may["configure"], may["write"], may["read"], topics["read"]):
        assert re.search(pattern, own)
        assert not any(re.search(pattern, other) for other in others)
    assert re.search(may["write"], "openbaton-exchange")
    assert not re.search(may["configure"], "openbaton-exchange")
    assert re.search(topics["write"], "ems.generic.register")
    assert not re.search(topics["write"], "vnfm.nfvo.actions")
