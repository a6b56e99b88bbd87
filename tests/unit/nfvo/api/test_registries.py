"""Keys, subscribers, managers, configurations, shared descriptors, plugins, history, and the small texts."""

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_ssh_public_key

from nai.catalogue import Action, VnfmManagerEndpoint
from nai.nfvo.store.event_endpoints import event_endpoints
from nai.nfvo.store.managers import managers
from tests.unit.nfvo.api.api_client import Api

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_private_key_is_given_once_and_fits_the_public_one(api: Api) -> None:
    headers = {"content-type": "application/json"}
    private = await api.request("POST", "/keys/generate", 201, content=b"mine", headers=headers)
    (key,) = await api.get("/keys")
    assert key["name"] == "mine"
    assert set(key) == {"id", "name", "projectId", "publicKey", "fingerprint"}
    loaded = load_pem_private_key(private.encode(), None)
    assert loaded.public_key() == load_ssh_public_key(key["publicKey"].encode())
    assert await api.get(f"/keys/{key['id']}") == key
    await api.request("POST", "/keys/generate", 422, content=b'"mine"', headers=headers)
    await api.request("POST", "/keys/generate", 422, content=b"", headers=headers)

    await api.delete(f"/keys/{key['id']}")
    again = await api.post("/keys", {"name": "imported", "publicKey": key["publicKey"]})
    assert again["fingerprint"] == key["fingerprint"]
    assert again["fingerprint"].count(":") == 15
    await api.post("/keys", {"name": "imported", "publicKey": key["publicKey"]}, 422)
    for wrong in ("", "ssh-rsa", "ssh-rsa AAAA", "ssh-rsa ****", key["publicKey"].replace("ssh-rsa", "ssh-dss", 1)):
        await api.post("/keys", {"name": "wrong", "publicKey": wrong}, 422)
    await api.post("/keys/multipledelete", [again["id"]], 204)
    assert await api.get("/keys") == []


async def test_the_same_subscription_twice_is_one(api: Api) -> None:
    wanted = {
        "name": "paas-nsr-instantiate-finish",
        "type": "RABBIT",
        "endpoint": "nfvo.paas.nsr.create",
        "event": "INSTANTIATE_FINISH",
    }
    first = await api.post("/events", wanted)
    assert await api.post("/events", wanted) == first
    other = await api.post("/events", {**wanted, "networkServiceId": "n"})
    assert other["id"] != first["id"]
    async with api.nfvo.database.session() as session:
        found = await event_endpoints.subscribers(session, Action.INSTANTIATE_FINISH, api.project_id)
        assert {each.id for each in found} == {first["id"], other["id"]}
        assert await event_endpoints.subscribers(session, Action.ERROR) == []
    assert await api.get(f"/events/{first['id']}") == first
    await api.post("/events/multipledelete", [other["id"]], 204)
    await api.delete(f"/events/{first['id']}")
    assert await api.get("/events") == []
    await api.post("/events", {**wanted, "type": "JMS"}, 422)
    await api.post("/events", {"name": "x"}, 422)
    await api.post("/events", {**wanted, "event": "PARTY"}, 422)


async def test_actions(api: Api) -> None:
    assert "RELEASE_RESOURCES_FINISH" in await api.get("/events/actions")


async def test_a_manager_that_registers_again_keeps_its_id(api: Api) -> None:
    endpoint = VnfmManagerEndpoint.from_wire(
        {"type": "media-server", "endpoint": "ms", "endpointType": "RABBIT", "queue": "q"}
    )
    async with api.nfvo.database.session() as session:
        first = await managers.register(session, endpoint)
        again = await managers.register(session, endpoint.model_copy(update={"endpoint": "other"}))
        await managers.set_active(session, str(first.id), active=False)
    assert again.id == first.id
    (listed,) = await api.get("/vnfmanagers")
    assert listed["endpoint"] == "other"
    assert listed["queue"] == "q"
    assert listed["active"] is False
    assert await api.get(f"/vnfmanagers/{first.id}") == listed
    await api.delete(f"/vnfmanagers/{first.id}")
    await api.get(f"/vnfmanagers/{first.id}", 404)
    async with api.nfvo.database.session() as session:
        await managers.register(session, endpoint)
        assert await managers.unregister(session, endpoint)
        assert not await managers.unregister(session, endpoint)


async def test_configurations(api: Api) -> None:
    body = {"name": "conf", "configurationParameters": [{"confKey": "PORT", "value": "27018"}]}
    stored = await api.post("/configurations", body)
    assert stored["projectId"] == api.project_id
    assert stored["configurationParameters"][0]["confKey"] == "PORT"
    anywhere = {name: value for name, value in api.headers.items() if name != "project-id"}
    answer = await api.client.get(f"/api/v1/configurations/{stored['id']}", headers=anywhere)
    assert answer.json() == stored
    changed = await api.put(f"/configurations/{stored['id']}", {"name": "other"})
    assert changed["configurationParameters"] == []
    assert await api.get("/configurations") == [changed]
    await api.delete(f"/configurations/{stored['id']}")
    await api.delete(f"/configurations/{stored['id']}", 404)


@pytest.mark.parametrize("path", ["/virtual-link-descriptors", "/vnf-forwarding-graphs"])
async def test_shared_descriptors(api: Api, path: str) -> None:
    stored = await api.post(path, {"vendor": "TUB", "number_of_endpoints": 2})
    assert await api.get(path) == [stored]
    changed = await api.put(f"{path}/{stored['id']}", {"vendor": "FOKUS"})
    assert changed == {"id": stored["id"], "vendor": "FOKUS"}
    assert await api.get(f"{path}/{stored['id']}") == changed
    await api.delete(f"{path}/{stored['id']}")
    await api.get(f"{path}/{stored['id']}", 404)


async def test_plugins_are_built_in(api: Api) -> None:
    assert "vim-drivers.openstack.openstack" in await api.get("/plugins")
    await api.get("/plugins/vim-drivers/openstack/3.0.0")
    await api.get("/plugins/vim-drivers/amazon/3.0.0", 404)


async def test_small_texts(api: Api) -> None:
    assert await api.get("/main/version") == "3.0.0"
    assert await api.get("/security") == "true"
    lines = await api.get("/main/openbaton-rc")
    assert f"export OB_PROJECT_ID={api.project_id}" in lines
    assert "OB_PASSWORD" in lines


async def test_logs_come_from_the_manager_and_only_to_who_may_see_the_service(api: Api) -> None:
    await api.post("/logs/none/vnfrecord/v/hostname/h", {"lines": 5}, 404)


async def test_the_history_is_bounded_and_has_who_did_what(api: Api) -> None:
    for number in range(7):
        await api.post("/configurations", {"name": f"c{number}"})
    await api.get("/configurations")
    await api.delete("/configurations/none", 404)
    history = await api.get("/history")
    assert len(history) == api.nfvo.settings.history_entries
    assert history[0]["method"] == "DELETE"
    assert history[0]["path"] == "/api/v1/configurations/none"
    assert history[0]["result"] == "404"
    assert history[0]["username"] == "admin"
    assert [each["method"] for each in await api.get("/history/2")] == ["DELETE", "POST"]
    await api.get("/history/many", 422)
    body = {"username": "guest1", "password": "long enough", "enabled": True}
    body |= {"roles": [{"role": "USER", "project": "default"}]}
    await api.post("/users", body)
    guest = await api.log_in("guest1", "long enough")
    assert await guest.get("/history") == []
