"""Services and functions: on-boarding, checks, parts, deletion."""

from typing import Any

import pytest

from nai.catalogue import VnfmManagerEndpoint, samples
from nai.nfvo.store.managers import managers
from tests.unit.nfvo.api.api_client import VIM, Api

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def surroundings(api: Api) -> None:
    """Register the infrastructure and the managers that Annex 1 needs."""
    if not await api.get("/datacenters"):
        await api.post("/datacenters", VIM)
    async with api.nfvo.database.session() as session:
        for type_ in ("media-server", "generic"):
            await managers.register(session, VnfmManagerEndpoint(type=type_, endpoint=f"{type_}-endpoint"))


def annex_1() -> dict[str, Any]:
    return samples.media_plane_nsd().to_wire()


def unidentified(document: Any) -> Any:
    """Return a document without what the orchestrator adds to it."""
    if isinstance(document, dict):
        added = {"id", "projectId"}
        return {name: unidentified(value) for name, value in document.items() if name not in added}
    if isinstance(document, list):
        return [unidentified(each) for each in document]
    return document


async def test_annex_1_and_what_the_paas_manager_sends_are_taken_in_as_they_are(api: Api) -> None:
    await surroundings(api)
    for sent in (annex_1(), samples.paas_application_nsd().to_wire()):
        stored = await api.post("/ns-descriptors/", sent)
        for function in sent["vnfd"]:
            for unit in function["vdu"]:
                if isinstance(unit["vimInstanceName"], str):
                    unit["vimInstanceName"] = [unit["vimInstanceName"]]
        assert unidentified(stored) == sent
        assert stored["projectId"] == api.project_id
        unit = stored["vnfd"][0]["vdu"][0]
        assert unit["id"]
        assert unit["vnfc"][0]["id"]
        assert await api.get(f"/ns-descriptors/{stored['id']}") == stored
        assert stored in await api.get("/ns-descriptors")
        await api.delete(f"/ns-descriptors/{stored['id']}")
        await api.get(f"/ns-descriptors/{stored['id']}", 404)
    await clear(api)


@pytest.mark.parametrize(
    ("change", "status", "says"),
    [
        (lambda nsd: nsd.pop("name"), 422, "needs a name"),
        (lambda nsd: nsd["vnfd"][0].update(name="mongodb"), 422, "unique"),
        (lambda nsd: nsd["vnfd"][0].pop("deployment_flavour"), 422, "needs a deployment_flavour"),
        (lambda nsd: nsd["vnfd"][0].update(deployment_flavour=[{"flavour_key": "huge"}]), 422, "flavour huge"),
        (lambda nsd: nsd["vnfd"][0]["vdu"][0].update(vm_image=["none"]), 422, "none of the images none"),
        (
            lambda nsd: nsd["vnfd"][0]["vdu"][0].update(vimInstanceName=["mars"]),
            404,
            "No VimInstance with name equals to mars",
        ),
        (
            lambda nsd: nsd["vnfd"][0].update(endpoint="x"),
            404,
            "VNFManager with endpoint: x is not registered",
        ),
        (lambda nsd: nsd["vnfd"][0].update(vnfPackageLocation="no-such-id"), 404, "no-such-id"),
        (
            lambda nsd: nsd.update(vnf_dependency=[{"source": {"name": "x"}, "target": {"name": "mongodb"}}]),
            422,
            "source",
        ),
        (lambda nsd: nsd.update(vnfd="x"), 422, "vnfd"),
        (lambda nsd: nsd["vnfd"][0]["auto_scale_policy"][0].update(mode="MAYBE", type="X"), 422, "mode"),
        (lambda nsd: nsd.update(name="n" * 300), 422, "255"),
        (lambda nsd: nsd.update(vnfd=[{"id": "unknown"}]), 404, "unknown"),
    ],
)
async def test_what_cannot_become_a_service_is_refused(api: Api, change: Any, status: int, says: str) -> None:
    await surroundings(api)
    document = annex_1()
    change(document)
    refusal = await api.post("/ns-descriptors", document, status)
    assert says in refusal["message"]
    assert refusal["code"] == {404: "Not Found", 422: "Bad Request"}[status]
    assert await api.get("/ns-descriptors") == []
    assert await api.get("/vnf-descriptors") == []


async def test_all_that_is_wrong_is_named(api: Api) -> None:
    document = annex_1()
    document["vnfd"][0]["auto_scale_policy"][0].update(mode="MAYBE", period="long")
    message = (await api.post("/ns-descriptors", document, 422))["message"]
    assert "vnfd.0.auto_scale_policy.0.mode" in message
    assert "vnfd.0.auto_scale_policy.0.period" in message


async def test_a_flavour_that_says_its_size_can_be_made(api: Api) -> None:
    await surroundings(api)
    document = annex_1()
    document["vnfd"][0]["deployment_flavour"] = [{"flavour_key": "new", "ram": 512, "vcpus": 1}]
    stored = await api.post("/ns-descriptors", document)
    await api.delete(f"/ns-descriptors/{stored['id']}")


async def test_text_that_no_database_takes_is_refused(api: Api) -> None:
    await surroundings(api)
    raw = b'{"name": "x", "odd": "\\ud800"}'
    await api.request("POST", "/ns-descriptors", 422, content=raw, headers={"content-type": "application/json"})
    raw = b'{"name": "x", "vnfd": [{"name": "y", "auto_scale_policy": [{"threshold": Infinity}]}]}'
    await api.request("POST", "/ns-descriptors", 422, content=raw, headers={"content-type": "application/json"})
    await api.request("POST", "/ns-descriptors", 422, content=b"{", headers={"content-type": "application/json"})


async def test_functions_outlive_their_service_and_are_shared_by_id(api: Api) -> None:
    await surroundings(api)
    function = await api.post("/vnf-descriptors", annex_1()["vnfd"][1])
    both = [
        await api.post("/ns-descriptors", {"name": name, "vnfd": [{"id": function["id"]}]}) for name in ("one", "two")
    ]
    assert [each["vnfd"][0]["id"] for each in both] == [function["id"]] * 2
    assert (await api.delete(f"/vnf-descriptors/{function['id']}", 422))["code"] == "Bad Request"
    await api.post("/ns-descriptors/multipledelete", [each["id"] for each in both], 204)
    assert await api.get(f"/vnf-descriptors/{function['id']}") == function
    changed = await api.put(f"/vnf-descriptors/{function['id']}", {**function, "version": "0.2"})
    assert changed["version"] == "0.2"
    await api.put(f"/vnf-descriptors/{function['id']}", {**function, "endpoint": "x"}, 404)
    assert (await api.get(f"/vnf-descriptors/{function['id']}"))["endpoint"] == "generic"
    components = await api.get("/vnfcomponents")
    assert function["vdu"][0]["vnfc"][0] in components
    assert await api.get(f"/vnfcomponents/{components[0]['id']}") == components[0]
    await api.get("/vnfcomponents/none", 404)
    await clear(api)


async def clear(api: Api) -> None:
    await api.post("/ns-descriptors/multipledelete", [each["id"] for each in await api.get("/ns-descriptors")], 204)
    await api.post("/vnf-descriptors/multipledelete", [each["id"] for each in await api.get("/vnf-descriptors")], 204)


async def test_a_service_in_use_stays(api: Api) -> None:
    await surroundings(api)
    stored = await api.post("/ns-descriptors", {"name": "used"})
    api.orchestrator.records.descriptors = {stored["id"]}
    await api.delete(f"/ns-descriptors/{stored['id']}", 422)
    await api.post("/ns-descriptors/multipledelete", [stored["id"]], 422)
    api.orchestrator.records.descriptors = set()
    await api.delete(f"/ns-descriptors/{stored['id']}")


async def test_the_functions_of_a_service(api: Api) -> None:
    await surroundings(api)
    media_server, mongodb = annex_1()["vnfd"]
    service = await api.post("/ns-descriptors", {"name": "parts", "vnfd": [media_server]})
    path = f"/ns-descriptors/{service['id']}/vnfdescriptors"
    added = await api.post(path, mongodb)
    assert [each["name"] for each in await api.get(path)] == ["media-server-vnf-1", "mongodb"]
    await api.post(path, mongodb, 422)
    changed = await api.put(f"{path}/{added['id']}", {**mongodb, "version": "9"})
    assert changed["id"] == added["id"]
    assert (await api.get(f"{path}/{added['id']}"))["version"] == "9"
    dependencies = f"/ns-descriptors/{service['id']}/vnfdependencies"
    dependency = await api.post(
        dependencies, {"source": {"name": "mongodb"}, "target": {"name": "media-server-vnf-1"}, "parameters": ["ip"]}
    )
    await api.post(dependencies, {"source": {"name": "x"}, "target": {"name": "mongodb"}}, 422)
    assert await api.get(dependencies) == [dependency]
    # A function that another one needs cannot go.
    await api.delete(f"{path}/{added['id']}", 422)
    changed = await api.put(f"{dependencies}/{dependency['id']}", {**dependency, "parameters": ["ip", "port"]})
    assert (await api.get(f"{dependencies}/{dependency['id']}"))["parameters"] == ["ip", "port"]
    await api.delete(f"{dependencies}/{dependency['id']}")
    await api.get(f"{dependencies}/{dependency['id']}", 404)
    await api.delete(f"{path}/{added['id']}")
    await api.get(f"{path}/{added['id']}", 404)
    await api.get(f"/vnf-descriptors/{added['id']}", 404)
    await clear(api)


async def test_physical_functions_and_security_of_a_service(api: Api) -> None:
    await surroundings(api)
    service = await api.post("/ns-descriptors", {"name": "physical"})
    path = f"/ns-descriptors/{service['id']}/pnfdescriptors"
    added = await api.post(path, {"vendor": "TUB", "description": "a router"})
    assert await api.get(path) == [added]
    changed = await api.put(f"{path}/{added['id']}", {"vendor": "FOKUS"})
    assert changed == {"id": added["id"], "vendor": "FOKUS"}
    assert await api.get(f"{path}/{added['id']}") == changed
    await api.delete(f"{path}/{added['id']}")
    await api.get(f"{path}/{added['id']}", 404)

    path = f"/ns-descriptors/{service['id']}/security"
    await api.get(path, 404)
    section = await api.post(path, {"signature": "x"})
    assert section["signature"] == "x"
    await api.put(f"{path}/other", {"signature": "y"}, 404)
    assert (await api.put(f"{path}/{section['id']}", {"signature": "y"}))["signature"] == "y"
    assert (await api.get(path))["id"] == section["id"]
    await api.delete(f"{path}/{section['id']}")
    await api.get(path, 404)
    await clear(api)


async def test_a_replaced_service_keeps_its_id_and_its_functions(api: Api) -> None:
    await surroundings(api)
    stored = await api.post("/ns-descriptors", annex_1())
    stored["version"] = "0.2"
    stored["vnfd"][0]["version"] = "0.3"
    changed = await api.put(f"/ns-descriptors/{stored['id']}", stored)
    assert changed == stored
    assert await api.get(f"/ns-descriptors/{stored['id']}") == stored
    assert (await api.get(f"/vnf-descriptors/{stored['vnfd'][0]['id']}"))["version"] == "0.3"
    await clear(api)


async def test_projects_do_not_see_each_other(api: Api) -> None:
    await surroundings(api)
    stored = await api.post("/ns-descriptors", {"name": "mine"})
    project = await api.post("/projects", {"name": "other"})
    elsewhere = {"project-id": project["id"]}
    assert await api.get("/ns-descriptors", headers=elsewhere) == []
    for method in ("GET", "DELETE"):
        await api.request(method, f"/ns-descriptors/{stored['id']}", 404, headers=elsewhere)
    await api.put(f"/ns-descriptors/{stored['id']}", {"name": "stolen"}, 404, headers=elsewhere)
    assert (await api.delete(f"/projects/{api.project_id}", 422))["code"] == "Bad Request"
    await api.delete(f"/projects/{project['id']}")
    await clear(api)
