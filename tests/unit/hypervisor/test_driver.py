"""Nova's calls, down to what reaches the engine and the helper."""

from __future__ import annotations

import gc
import json
from types import SimpleNamespace
from typing import Any

import eventlet
import nova.conf
import pytest
from nova import exception
from nova.compute import power_state

from nai.hypervisor import diagnostics
from nai.hypervisor.bodies import Bodies
from nai.hypervisor.driver import DockerDriver
from nai.hypervisor.engine import Engine
from nai.hypervisor.images import ImageStore
from nai.hypervisor.ports import PortEvents
from nai.hypervisor.spawning import Spawner
from tests.unit.hypervisor.conftest import VirtApi, Waited, vif
from tests.unit.hypervisor.engine_tape import Player
from tests.unit.hypervisor.record import CONTAINER, IMAGE, INSTANCE, NAME


@pytest.fixture
def virtapi() -> VirtApi:
    """Nova's side."""
    return VirtApi()


@pytest.fixture
def driver(
    engine: Engine, virtapi: VirtApi, privileged_calls: list[Any], tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> DockerDriver:
    """A driver on the recorded engine."""
    monkeypatch.setattr(nova.conf.CONF, "host", "compute1", raising=False)
    driver = DockerDriver(virtapi)
    driver._engine = engine
    driver._bodies = Bodies(engine, nova.conf.CONF)
    driver._images = ImageStore(engine, tmp_path / "work")
    driver._spawner = Spawner(engine, driver._bodies, driver._images, PortEvents(virtapi))
    return driver


def from_request(tape: Player, start: str, skip: int = 0) -> None:
    """Lets the tape begin later: with the `skip`th of the exchanges that begin with a text."""
    indices = [index for index, exchange in enumerate(tape.exchanges) if exchange.request.startswith(start)]
    tape.exchanges[:] = tape.exchanges[indices[skip] :]


def running(tape: Player) -> None:
    """Lets the tape begin with the running instance."""
    from_request(tape, f"GET /containers/{NAME}/json", 2)


def spawn(driver: DockerDriver, instance: Any, image_meta: Any, network_info: Any, **more: Any) -> None:
    driver.spawn(None, instance, image_meta, [], "secret", {}, network_info=network_info, **more)


def has_image(tape: Player) -> None:
    """Lets the tape know the image, and one container that is created and started without trouble."""
    for status, part in ((404, f"glance:{IMAGE}/json"), (404, f"{NAME}/json"), (409, "/containers/create")):
        tape.exchanges[:] = [one for one in tape.exchanges if not (one.status == status and part in one.request)]
    created = next(one for one in tape.exchanges if f"{NAME}/json" in one.request)
    tape.exchanges.remove(created)


def test_spawn_creates_and_starts_before_the_ports_are_there_and_plugs_then(
    driver: DockerDriver, tape: Player, virtapi: VirtApi, instance: Any, image_meta: Any, privileged_calls: list[Any]
) -> None:
    has_image(tape)
    info = Waited([vif()])
    started_before_waiting: list[bool] = []
    info.before_wait = lambda: started_before_waiting.append(bool(tape.requests_of("POST", "/start")))
    spawn(driver, instance, image_meta, info)
    assert started_before_waiting == [True]
    ((call, request),) = privileged_calls
    assert call == "plug"
    assert request["netns"].startswith("/var/run/docker/netns/")
    assert [nic["name"] for nic in request["interfaces"]] == ["eth0"]
    assert {path.rsplit("/", 1)[1] for path in request["files"]} == {"hosts", "resolv.conf"}
    assert virtapi.events == [("network-vif-plugged", vif()["id"])]
    (create,) = tape.requests_of("POST", "/containers/create")
    assert create.json["Labels"]["nai.instance"] == INSTANCE
    assert b"ssh-ed25519 AAAA owner" in tape.requests_of("PUT", "/archive")[0].body


def test_neither_key_nor_password_nor_user_data_stands_in_the_containers_definition(
    driver: DockerDriver, tape: Player, instance: Any, image_meta: Any
) -> None:
    has_image(tape)
    instance.user_data = "IyEvYmluL3NoCmVjaG8gdG9wLXNlY3JldAo="
    spawn(driver, instance, image_meta, Waited([vif()]))
    text = json.dumps(tape.requests_of("POST", "/containers/create")[0].json)
    assert "AAAA" not in text
    assert "secret" not in text
    assert b"top-secret" in tape.requests_of("PUT", "/archive")[0].body


def test_spawn_switched_off_neither_starts_nor_plugs(
    driver: DockerDriver, tape: Player, instance: Any, image_meta: Any, privileged_calls: list[Any]
) -> None:
    has_image(tape)
    spawn(driver, instance, image_meta, Waited([vif()]), power_on=False)
    assert not tape.requests_of("POST", "/start")
    assert privileged_calls == []


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (lambda: eventlet.Timeout(1), exception.VirtualInterfaceCreateException),
        (lambda: exception.VirtualInterfaceCreateException("no"), exception.VirtualInterfaceCreateException),
        (KeyboardInterrupt, KeyboardInterrupt),
    ],
)
def test_a_failed_spawn_leaves_nothing(
    driver: DockerDriver,
    tape: Player,
    virtapi: VirtApi,
    instance: Any,
    image_meta: Any,
    privileged_calls: list[Any],
    failure: Any,
    expected: type[BaseException],
) -> None:
    has_image(tape)
    virtapi.fails = failure
    with pytest.raises(expected):
        spawn(driver, instance, image_meta, Waited([vif()]))
    assert tape.requests_of("DELETE", f"/containers/{NAME}")
    assert privileged_calls[-1] == ("unplug", ["tap00000004-44"])
    assert not driver._busy


def test_a_wrong_image_is_told_apart_from_a_failing_host(driver: DockerDriver, instance: Any, image_meta: Any) -> None:
    image_meta.properties = {"os_command_line": "run 'x"}
    driver._images.ensure = lambda *_: ({"Id": "sha256:a", "Config": {}}, False)  # type: ignore[method-assign]
    with pytest.raises(exception.ImageUnacceptable, match="os_command_line"):
        spawn(driver, instance, image_meta, Waited([]))


def test_a_port_without_an_agent_fails_the_spawn_in_words(
    driver: DockerDriver, tape: Player, instance: Any, image_meta: Any
) -> None:
    has_image(tape)
    with pytest.raises(exception.VirtualInterfaceCreateException, match="bound as 'binding_failed'"):
        spawn(driver, instance, image_meta, Waited([vif(type="binding_failed")]))


def test_a_command_that_ends_at_once_is_reported_with_its_last_words(
    driver: DockerDriver, tape: Player, instance: Any, image_meta: Any
) -> None:
    has_image(tape)
    for exchange in tape.exchanges:
        if exchange.request.startswith("GET /containers/") and "/json" in exchange.request and NAME in exchange.request:
            found = json.loads(exchange.body)
            found["State"] |= {"Running": False, "ExitCode": 127}
            exchange.body = json.dumps(found).encode()
            exited = exchange
    tape.exchanges.append(type(exited)(f"GET /containers/{CONTAINER}/json", 200, exited.headers, exited.body))
    tape.exchanges.append(type(exited)(f"GET /containers/{CONTAINER}/logs", 200, {}, b""))
    driver._engine.client.logs = lambda *_, **__: b"sh: httpd: not found\n"
    with pytest.raises(exception.InstanceDeployFailure, match="status 127; its last words: sh: httpd: not found"):
        spawn(driver, instance, image_meta, Waited([vif()]))


def test_destroy_unplugs_and_removes_and_may_be_repeated(
    driver: DockerDriver, tape: Player, instance: Any, privileged_calls: list[Any]
) -> None:
    driver.destroy(None, instance, [vif()])
    driver.destroy(None, instance, [vif()])
    assert privileged_calls == [("unplug", ["tap00000004-44"])] * 2
    assert len(tape.requests_of("DELETE", f"/containers/{NAME}?v=True")) == 2


def test_states_of_a_container_are_power_states(driver: DockerDriver, tape: Player, instance: Any) -> None:
    running(tape)
    # The console of the running instance was looked at in between.
    states = [driver.get_info(instance).state for _ in range(4)]
    assert states == [power_state.RUNNING, power_state.RUNNING, power_state.PAUSED, power_state.SHUTDOWN]


def test_an_instance_without_container_is_not_found(driver: DockerDriver, tape: Player, instance: Any) -> None:
    tape.exchanges[:] = [one for one in tape.exchanges if one.status == 404]
    assert not driver.instance_exists(instance)
    with pytest.raises(exception.InstanceNotFound):
        driver.get_info(instance)
    driver.plug_vifs(instance, [vif()])


def test_a_foreign_container_of_that_name_is_nobody(driver: DockerDriver, tape: Player, instance: Any) -> None:
    running(tape)
    for exchange in tape.exchanges:
        exchange.body = exchange.body.replace(b"nai.instance", b"other.label")
    assert not driver.instance_exists(instance)


def test_instances_are_listed_by_their_label(driver: DockerDriver) -> None:
    assert driver.list_instance_uuids() == [INSTANCE]
    assert driver.list_instances() == ["instance-0000002a"]


def test_power_on_plugs_anew_and_a_running_instance_is_left_alone(
    driver: DockerDriver, tape: Player, instance: Any, privileged_calls: list[Any]
) -> None:
    running(tape)
    driver.power_on(None, instance, [vif()])
    assert [call for call, _ in privileged_calls] == ["plug"]
    assert not tape.requests_of("POST", "/start")


def test_power_off_of_a_paused_instance_thaws_it_first(driver: DockerDriver, tape: Player, instance: Any) -> None:
    from_request(tape, f"GET /containers/{NAME}/json", 4)
    driver.power_off(instance)
    order = [sent.request.split("?")[0].rsplit("/", 1)[1] for sent in tape.sent if sent.request.startswith("POST")]
    assert order == ["unpause", "stop"]


def test_plug_vifs_of_a_stopped_instance_does_nothing(
    driver: DockerDriver, tape: Player, instance: Any, privileged_calls: list[Any]
) -> None:
    from_request(tape, f"GET /containers/{NAME}/json", 5)
    driver.plug_vifs(instance, [vif()])
    assert privileged_calls == []


def test_one_more_interface_comes_after_those_that_are_there(
    driver: DockerDriver, tape: Player, virtapi: VirtApi, instance: Any, privileged_calls: list[Any]
) -> None:
    running(tape)
    instance.get_network_info = lambda: [vif(0), vif(1)]
    driver.attach_interface(None, instance, None, vif(1))
    assert [nic["port"] for nic in privileged_calls[0][1]["interfaces"]] == [vif(0)["id"], vif(1)["id"]]
    # Nova's API, which takes Neutron's word that the port is wired, may itself be waiting for this call.
    assert virtapi.events == []


def test_an_interface_that_goes_is_unplugged_and_forgotten_in_hosts(
    driver: DockerDriver, tape: Player, instance: Any, privileged_calls: list[Any]
) -> None:
    running(tape)
    instance.get_network_info = lambda: [vif(0), vif(1)]
    driver.detach_interface(None, instance, vif(1))
    assert privileged_calls[0] == ("unplug", ["tap00000005-44"])
    assert "10.1.0.9" not in str(privileged_calls[1][1]["files"])


def test_suspend_says_why_and_leaves_the_instance_as_it_is(driver: DockerDriver, instance: Any) -> None:
    with pytest.raises(exception.InstanceFaultRollback) as caught:
        driver.suspend(None, instance)
    assert "Docker cannot write a container's memory to disk" in str(caught.value.inner_exception)
    with pytest.raises(NotImplementedError, match="nothing to resume"):
        driver.resume(None, instance, [])


def test_the_console_is_bytes(driver: DockerDriver, tape: Player, instance: Any) -> None:
    running(tape)
    assert isinstance(driver.get_console_output(None, instance), bytes)


def test_diagnostics_have_the_flavours_memory_and_one_nic_per_port(
    driver: DockerDriver, tape: Player, instance: Any
) -> None:
    running(tape)
    details = driver.get_instance_diagnostics(instance)
    assert (details.hypervisor, details.state, details.num_nics, details.num_cpus) == ("docker", "running", 1, 1)
    assert details.memory_details.maximum == 512
    flat = diagnostics.flat(details)
    assert flat["memory"] == 512 * 1024
    assert {"cpu0_time", "eth0_rx", "eth0_tx_drop", "rootfs_read_bytes"} <= flat.keys()


def test_resources_and_inventory_add_up(driver: DockerDriver, tape: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    created = next(one for one in tape.exchanges if f"/{NAME}/json" in one.request and one.status == 200)
    container = json.loads(next(one for one in tape.exchanges if one.request.startswith("GET /containers/json")).body)[
        0
    ]["Id"]
    tape.exchanges.append(type(created)(f"GET /containers/{container}/json", 200, created.headers, created.body))
    found = driver.get_available_resource("compute1")
    assert found["supported_instances"] == [("x86_64", "docker", "exe")]
    assert found["vcpus_used"] == 1
    assert found["memory_mb_used"] == nova.conf.CONF.reserved_host_memory_mb + 512
    tree: dict[str, Any] = {}
    provider = SimpleNamespace(
        data=lambda _name: SimpleNamespace(inventory={}),
        update_inventory=lambda name, entry: tree.update({name: entry}),
    )
    driver.update_provider_tree(provider, "compute1")
    assert tree["compute1"]["MEMORY_MB"]["total"] == found["memory_mb"]
    assert tree["compute1"]["VCPU"]["total"] == found["vcpus"]


# The Docker SDK leaves its socket open when it cannot connect.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_host_without_engine_refuses_to_start(driver: DockerDriver, conf: Any) -> None:
    conf.set_override("engine_socket", "/nonexistent/docker.sock", "nai_docker")
    driver._engine = Engine(conf)
    with pytest.raises(exception.InternalError, match=r"does not answer on /nonexistent/docker.sock"):
        driver.init_host("compute1")
    driver.cleanup_host("compute1")
    gc.collect()


def test_booting_from_a_volume_is_refused_in_words(driver: DockerDriver, instance: Any, image_meta: Any) -> None:
    image_meta.id = None
    with pytest.raises(exception.ImageUnacceptable, match="cannot boot from a volume"):
        spawn(driver, instance, image_meta, Waited([]))
