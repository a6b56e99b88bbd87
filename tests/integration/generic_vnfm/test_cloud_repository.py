"""The cloud repository's scripts, as packages, through the generic VNFM and real agents, with MongoDB's stand-in."""

from __future__ import annotations

import base64
import functools
import http.server
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.generic_vnfm.instances import Instances
from tests.integration.generic_vnfm.orchestrator import Orchestrator, action, instantiate
from tests.support import mongodb
from tests.support.kill import ServiceProcess
from tests.support.repository import ROOT, read_yaml
from tests.support.services import free_port

Make = Callable[..., ServiceProcess]
ROLE = ROOT / "roles/cloud_repository"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Variables that name an archive of MongoDB, served over HTTP."""
    directory = tmp_path / "archive"
    directory.mkdir()
    digest = mongodb.write_archive(directory / "mongodb.tgz")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=directory)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        yield {"MONGODB_ARCHIVE": f"http://127.0.0.1:{port}/mongodb.tgz", "MONGODB_ARCHIVE_SHA256": digest}
        server.shutdown()


class Repository:
    """The functions of the cloud repository."""

    def __init__(self, orchestrator: Orchestrator, instances: Instances) -> None:
        self.orchestrator = orchestrator
        self.instances = instances
        self.functions: dict[str, Any] = read_yaml(ROLE / "vars/main.yml")["cloud_repository_functions"]
        self.package = {
            "name": "cloud-repository",
            "scripts": [
                {"name": path.name, "payload": base64.b64encode(path.read_bytes()).decode()}
                for path in sorted((ROLE / "files/scripts").glob("*.sh"))
            ],
        }

    async def instantiate(self, kind: str, **variables: str) -> dict[str, Any]:
        """Instantiates a function; its instance is `<kind>-0`."""
        # Instances share this machine: each has a directory of its own.
        values = {"MONGODB_DIRECTORY": str(self.instances.root(f"{kind}-0") / "mongodb"), **variables}
        parameters = [{"confKey": key, "value": value} for key, value in values.items()]
        vnfd = {
            "configurations": {"name": kind, "configurationParameters": parameters},
            "requires": self.functions[kind].get("requires", {}),
        }
        message = instantiate(kind, lifecycle=self.functions[kind]["events"], vnfPackage=self.package, vnfd=vnfd)
        answer = await self.orchestrator.ask(message)
        if answer["action"] == "ERROR":
            pytest.fail(answer["exception"]["detailMessage"])
        record: dict[str, Any] = answer["virtualNetworkFunctionRecord"]
        return record

    async def ask(self, name: str, record: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Another action."""
        answer = await self.orchestrator.ask(action(name, record, name.lower(), **more))
        assert answer["action"] == name, answer
        return answer

    def calls(self, kind: str, program: str) -> str:
        """What a program was called with."""
        return (self.instances.root(f"{kind}-0") / "mongodb/calls" / program).read_text()


@pytest.fixture
def repository(vnfm: Make, orchestrator: Orchestrator, instances: Instances) -> Repository:
    vnfm().start()
    return Repository(orchestrator, instances)


async def test_the_single_instance(repository: Repository, archive: dict[str, str]) -> None:
    port = str(free_port())
    record = await repository.instantiate(
        "mongodb",
        PORT=port,
        SECURITY="true",
        SMALLFILES="true",
        USERNAME_MD="nubo",
        PASSWORD='it\'s "quoted" $(id)',
        **archive,
    )
    await repository.ask("START", record)
    assert f"--port {port} --bind_ip 0.0.0.0 --oplogSize 64 --auth" in repository.calls("mongodb", "mongod")
    told = repository.calls("mongodb", "mongosh")
    assert r'db.createUser({user: "nubo", pwd: "it' in told
    assert r'\"quoted\" $(id)", roles: ["root"]})' in told
    assert "quoted" not in told.splitlines()[0]  # The shell's own arguments.
    await repository.ask("STOP", record)
    await repository.ask("RELEASE_RESOURCES", record)


async def test_the_sharded_service(repository: Repository, archive: dict[str, str]) -> None:
    ports = {kind: str(free_port()) for kind in ("config", "shard", "router")}
    records = {kind: await repository.instantiate(kind, PORT=ports[kind], **archive) for kind in ports}
    for kind in ("config", "shard"):
        await repository.ask("START", records[kind])
    address = "127.0.0.1"
    provided = {
        kind: {"parameters": {f"{kind}-0": {"parameters": {"internal_nubomedia": address, "PORT": ports[kind]}}}}
        for kind in ("config", "shard")
    }
    await repository.ask("MODIFY", records["router"], vnfrd={"vnfcParameters": provided})
    await repository.ask("START", records["router"])
    assert f"--configdb config-127-0-0-1/{address}:{ports['config']}" in repository.calls("router", "mongos")
    assert f'sh.addShard("shard-127-0-0-1/{address}:{ports["shard"]}")' in repository.calls("router", "mongosh")
    assert 'sh.enableSharding("nubomedia")' in repository.calls("router", "mongosh")
    assert "--configsvr --replSet config-127-0-0-1" in repository.calls("config", "mongod")
    assert "--shardsvr --replSet shard-127-0-0-1" in repository.calls("shard", "mongod")
    for record in records.values():
        await repository.ask("RELEASE_RESOURCES", record)


async def test_without_a_mongodb_the_error_names_the_variable(repository: Repository) -> None:
    with pytest.raises(pytest.fail.Exception, match="cloud_repository_mongodb_archive"):
        await repository.instantiate("mongodb", PORT="27018")


async def test_another_archive_than_the_named_one_is_refused(repository: Repository, archive: dict[str, str]) -> None:
    wrong = {**archive, "MONGODB_ARCHIVE_SHA256": "0" * 64}
    with pytest.raises(pytest.fail.Exception, match="MONGODB_ARCHIVE_SHA256"):
        await repository.instantiate("mongodb", PORT="27018", **wrong)
