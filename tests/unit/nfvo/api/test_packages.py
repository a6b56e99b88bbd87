"""Packages, CSARs and TOSCA templates."""

import io
import json
import tarfile
import zipfile
from typing import Any

import pytest

from nai.catalogue import VnfmManagerEndpoint
from nai.nfvo.store.managers import managers
from nai.nfvo.store.packages import packages
from tests.unit.nfvo.api.api_client import VIM, Api

pytestmark = pytest.mark.asyncio(loop_scope="module")

FUNCTION: dict[str, Any] = {
    "name": "iperf-server",
    "vendor": "TUB",
    "version": "1.0",
    "type": "server",
    "endpoint": "generic",
    "vdu": [{"vimInstanceName": ["nubomedia-vim"], "scale_in_out": 1, "vnfc": [{"connection_point": []}]}],
    "deployment_flavour": [{"flavour_key": "m1.small"}],
    "lifecycle_event": [{"event": "INSTANTIATE", "lifecycle_events": ["install.sh"]}],
}
METADATA = (
    "name: iperf\nnfvo_version: 3.0.0\nvim_types: [openstack]\nimage: {upload: check, names: [ubuntu-cloud-64bit]}\n"
)
FILES = {
    "Metadata.yaml": METADATA.encode(),
    "vnfd.json": json.dumps(FUNCTION).encode(),
    "./scripts/install.sh": b"#!/bin/bash\necho installed\n",
}
TEMPLATE = """
tosca_definitions_version: tosca_simple_profile_for_nfv_1_0_0
metadata: {ID: iperf-service, vendor: TUB, version: 0.1}
relationships_template:
  connection_server_client:
    type: tosca.nodes.relationships.ConnectsTo
    source: server
    target: client
    parameters: [private]
topology_template:
  node_templates:
    server:
      type: openbaton.type.VNF
      properties:
        vendor: TUB
        version: 0.1
        type: server
        endpoint: generic
        configurations: {name: conf, configurationParameters: [{port: 5001}, {udp: true}]}
        deploymentFlavour: [{flavour_key: m1.small}]
      requirements: [{virtualLink: private}, {vdu: VDU1}]
      interfaces: {lifecycle: {INSTANTIATE: [install.sh], START: [start.sh]}}
    client:
      type: openbaton.type.VNF
      properties: {type: client, endpoint: generic, deploymentFlavour: [{flavour_key: m1.small}]}
      requirements: [{virtualLink: private}, {vdu: VDU2}]
    VDU1:
      type: tosca.nodes.nfv.VDU
      properties: {vm_image: [ubuntu-cloud-64bit], scale_in_out: 3, vimInstanceName: [nubomedia-vim]}
      requirements: [{virtual_link: [CP1]}]
    VDU2:
      type: tosca.nodes.nfv.VDU
      properties: {vm_image: [ubuntu-cloud-64bit], vimInstanceName: [nubomedia-vim]}
    CP1:
      type: tosca.nodes.nfv.CP
      properties: {floatingIP: random}
      requirements: [{virtualBinding: VDU1}, {virtualLink: private}]
    CP2:
      type: tosca.nodes.nfv.CP
      requirements: [{virtualBinding: VDU2}, {virtualLink: private}]
    private:
      type: tosca.nodes.nfv.VL
      properties: {vendor: TUB}
"""


def tar(files: dict[str, bytes], mode: str = "w:gz", links: dict[str, str] | None = None) -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
        for name, target in (links or {}).items():
            member = tarfile.TarInfo(name)
            member.type, member.linkname = tarfile.SYMTYPE, target
            archive.addfile(member)
    return written.getvalue()


def csar(files: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return written.getvalue()


async def surroundings(api: Api) -> None:
    if not await api.get("/datacenters"):
        await api.post("/datacenters", VIM)
    async with api.nfvo.database.session() as session:
        await managers.register(session, VnfmManagerEndpoint(type="generic", endpoint="generic-endpoint"))


async def send(api: Api, path: str, content: bytes, expected: int = 200) -> Any:
    return await api.request("POST", path, expected, files={"file": ("archive", content)})


async def clear(api: Api) -> None:
    await api.post("/ns-descriptors/multipledelete", [each["id"] for each in await api.get("/ns-descriptors")], 204)
    await api.post("/vnf-descriptors/multipledelete", [each["id"] for each in await api.get("/vnf-descriptors")], 204)


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:xz"])
async def test_a_package_becomes_a_function_and_its_scripts(api: Api, mode: str) -> None:
    await surroundings(api)
    id_ = (await send(api, "/vnf-packages", tar(FILES, mode)))["id"]
    package = await api.get(f"/vnf-packages/{id_}")
    assert package["name"] == "iperf"
    assert package["image"]["name"] == "ubuntu-cloud-64bit"
    assert [script["name"] for script in package["scripts"]] == ["install.sh"]
    function = (await api.get("/vnf-descriptors"))[0]
    assert function["vnfPackageLocation"] == id_
    assert function["vdu"][0]["vm_image"] == ["ubuntu-cloud-64bit"]

    script = f"/vnf-packages/{id_}/scripts/{package['scripts'][0]['id']}"
    assert await api.get(script) == "#!/bin/bash\necho installed\n"
    assert await api.request("PUT", script, 200, content=b"#!/bin/sh\n", headers={"content-type": "text/plain"})
    assert await api.get(script) == "#!/bin/sh\n"
    await api.request("PUT", script, 422, content=b"\xff", headers={"content-type": "text/plain"})
    await api.get(f"/vnf-packages/{id_}/scripts/none", 404)
    async with api.nfvo.database.session() as session:
        assert [each.payload for each in await packages.scripts(session, id_)] == ["IyEvYmluL3NoCg=="]

    assert "already exists" in (await send(api, "/vnf-packages", tar(FILES), 422))["message"]
    assert (await api.delete(f"/vnf-packages/{id_}", 422))["code"] == "Bad Request"
    changed = await api.put(f"/vnf-packages/{id_}", {"name": "other", "vimTypes": ["docker"]})
    assert changed["name"] == "iperf"
    assert changed["vimTypes"] == ["docker"]
    await api.delete(f"/vnf-descriptors/{function['id']}")
    assert await api.get("/vnf-packages") == []


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({}, "needs a Metadata.yaml"),
        ({"Metadata.yaml": b"name: x"}, "exactly one descriptor"),
        ({**FILES, "other.json": b"{}"}, "exactly one descriptor"),
        ({**FILES, "vnfd.json": b"{"}, "not JSON"),
        ({**FILES, "vnfd.json": b'{"vdu": 3}'}, "vdu"),
        ({**FILES, "Metadata.yaml": b"image: [1]"}, "name"),
        ({**FILES, "Metadata.yaml": b"a: [: b"}, "not YAML"),
        ({**FILES, "Metadata.yaml": b"name: x\nimage: {upload: true}"}, "upload"),
        ({**FILES, "../evil.sh": b"x"}, "leads out of it"),
        ({**FILES, "/etc/evil.sh": b"x"}, "leads out of it"),
        ({**FILES, "scripts/a/install.sh": b"x"}, "two scripts"),
        ({**FILES, "scripts/large": bytes(70_000)}, "bytes unpacked"),
    ],
)
async def test_wrong_packages_are_refused_and_leave_nothing(api: Api, files: dict[str, bytes], says: str) -> None:
    await surroundings(api)
    assert says in (await send(api, "/vnf-packages", tar(files), 422))["message"]
    assert await api.get("/vnf-packages") == []
    assert await api.get("/vnf-descriptors") == []


async def test_links_in_packages_and_what_is_no_package_are_refused(api: Api) -> None:
    linked = tar(FILES, links={"scripts/passwd": "/etc/passwd"})
    assert "neither a file" in (await send(api, "/vnf-packages", linked, 422))["message"]
    for content in (b"", b"no tar", tar(FILES)[:-40], b"\x1f\x8b" + bytes(50)):
        assert (await send(api, "/vnf-packages", content, 422))["code"] == "Bad Request"
    await send(api, "/vnf-packages", bytes(64 * 1024 + 1), 422)
    await api.request("POST", "/vnf-packages", 422, json={})


async def test_a_function_that_is_refused_takes_its_package_with_it(api: Api) -> None:
    await surroundings(api)
    files = {**FILES, "vnfd.json": json.dumps({**FUNCTION, "endpoint": "x"}).encode()}
    await send(api, "/vnf-packages", tar(files), 404)
    assert await api.get("/vnf-packages") == []


async def test_a_template_becomes_a_service(api: Api) -> None:
    await surroundings(api)
    service = await api.request("POST", "/nsd-tosca", 202, content=TEMPLATE, headers={"content-type": "text/yaml"})
    assert service["name"] == "iperf-service"
    server, client = service["vnfd"]
    assert [each["event"] for each in server["lifecycle_event"]] == ["INSTANTIATE", "START"]
    parameters = server["configurations"]["configurationParameters"]
    assert [(each["confKey"], each["value"]) for each in parameters] == [("port", "5001"), ("udp", "true")]
    assert server["vdu"][0]["scale_in_out"] == 3
    points = server["vdu"][0]["vnfc"][0]["connection_point"]
    assert [(each["virtual_link_reference"], each["floatingIp"]) for each in points] == [("private", "random")]
    assert client["vdu"][0]["vnfc"][0]["connection_point"][0]["virtual_link_reference"] == "private"
    assert service["vld"][0]["name"] == "private"
    dependency = service["vnf_dependency"][0]
    assert (dependency["source"]["name"], dependency["target"]["name"]) == ("server", "client")
    await clear(api)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "tosca_definitions_version"),
        ("[1]", "mapping"),
        ("a: [: b", "not YAML"),
        (TEMPLATE.replace("openbaton.type.VNF", "openbaton.type.Thing"), "not known"),
        (TEMPLATE.replace("{vdu: VDU2}", "{vdu: VDU9}"), "VDU9"),
        (TEMPLATE.replace("scale_in_out: 3", "scale_in_out: many"), "number"),
        (TEMPLATE.replace("START:", "DANCE:"), "event"),
        (TEMPLATE.replace(", {virtualLink: private}]\n    CP2", "]\n    CP2"), "exactly one virtualLink"),
    ],
)
async def test_wrong_templates_are_refused(api: Api, text: str, says: str) -> None:
    headers = {"content-type": "text/yaml"}
    assert says in (await api.request("POST", "/nsd-tosca", 422, content=text, headers=headers))["message"]


async def test_a_template_of_one_function(api: Api) -> None:
    await surroundings(api)
    document = TEMPLATE.replace("{virtualLink: private}, {vdu: VDU2}", "{vdu: VDU2}")
    await api.request("POST", "/vnfd-tosca", 422, content=document)
    start, end = document.index("    client:"), document.index("    VDU1:")
    function = await api.request("POST", "/vnfd-tosca", 202, content=document[:start] + document[end:])
    assert function["name"] == "server"
    await api.delete(f"/vnf-descriptors/{function['id']}")


async def test_csars(api: Api) -> None:
    await surroundings(api)
    files = {
        "TOSCA-Metadata/TOSCA.meta": b"TOSCA-Meta-File-Version: 1.0\nEntry-Definitions: Definitions/service.yaml\n",
        "TOSCA-Metadata/Metadata.yaml": b"name: iperf\nvim_types: [openstack]\n",
        "Definitions/service.yaml": TEMPLATE.encode(),
        "Scripts/server/install.sh": b"echo server",
        "Scripts/server/start.sh": b"echo start",
    }
    service = await send(api, "/csar-nsd", csar(files))
    location = service["vnfd"][0]["vnfPackageLocation"]
    package = await api.get(f"/vnf-packages/{location}")
    assert [script["name"] for script in package["scripts"]] == ["install.sh", "start.sh"]
    assert "vnfPackageLocation" not in service["vnfd"][1]
    await clear(api)
    assert await api.get("/vnf-packages") == []

    start, end = TEMPLATE.index("    client:"), TEMPLATE.index("    VDU1:")
    files["Definitions/service.yaml"] = (TEMPLATE[:start] + TEMPLATE[end:]).encode()
    function = await send(api, "/csar-vnfd", csar(files))
    assert (await api.get(f"/vnf-descriptors/{function['id']}"))["name"] == "server"
    await clear(api)

    for content in (b"no zip", csar({"x": b"y"}), csar({**files, "../x": b""}), csar({**files, "x": bytes(70_000)})):
        assert (await send(api, "/csar-nsd", content, 422))["code"] == "Bad Request"


@pytest.mark.parametrize(
    "path",
    [
        "/csar-ns/marketdownload",
        "/csar-vnf/marketdownload",
        "/ns-descriptors/marketdownload",
        "/vnf-packages/marketdownload",
    ],
)
async def test_without_a_marketplace_downloads_say_so(api: Api, path: str) -> None:
    refusal = await api.post(path, {"link": "http://marketplace.openbaton.org:8082/api/v1/nsds/iperf"}, 422)
    assert "no marketplace is configured" in refusal["message"]
    await api.post(path, {}, 422)
