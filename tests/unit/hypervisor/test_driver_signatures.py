"""The driver takes what Nova passes: each overridden method accepts every call that the base class's accepts."""

import inspect
from itertools import product

import pytest
from nova.virt.driver import ComputeDriver

from nai.hypervisor.driver import DockerDriver

OVERRIDDEN = sorted(
    name
    for name, member in vars(DockerDriver).items()
    if inspect.isfunction(member) and not name.startswith("_") and hasattr(ComputeDriver, name)
)

# Nova 26 calls this without the shares that later releases pass as the fourth argument.
CALLS_OF_NOVA_26 = {
    "resume_state_on_host_boot": (("context", "instance", "network_info", None), {}),
    "power_on": (("context", "instance", "network_info", None), {}),
    "reboot": (
        ("context", "instance", "network_info", "SOFT"),
        {"block_device_info": None, "bad_volumes_callback": None},
    ),
    "resume": (("context", "instance", "network_info", None), {}),
}


def test_everything_a_driver_needs_is_there() -> None:
    needed = {
        *("init_host", "get_available_nodes", "get_available_resource", "update_provider_tree", "get_host_uptime"),
        *("list_instances", "list_instance_uuids", "instance_exists", "get_info", "spawn", "destroy", "cleanup"),
        *("power_on", "power_off", "reboot", "pause", "unpause", "suspend", "resume", "resume_state_on_host_boot"),
        *("plug_vifs", "unplug_vifs", "attach_interface", "detach_interface", "snapshot", "set_admin_password"),
        *("get_console_output", "get_diagnostics", "get_instance_diagnostics", "manage_image_cache", "cache_image"),
    }
    assert needed <= set(OVERRIDDEN)


@pytest.mark.parametrize("name", OVERRIDDEN)
def test_a_method_accepts_what_the_base_class_accepts(name: str) -> None:
    parameters = [
        parameter
        for parameter in list(inspect.signature(getattr(ComputeDriver, name)).parameters.values())[1:]
        if parameter.kind is parameter.POSITIONAL_OR_KEYWORD
    ]
    required = [parameter.name for parameter in parameters if parameter.default is parameter.empty]
    optional = [parameter.name for parameter in parameters if parameter.default is not parameter.empty]
    own = inspect.signature(getattr(DockerDriver, name))
    for positional, given in product(range(len(parameters) + 1), (0, len(optional))):
        names = [*required, *optional[:given]]
        own.bind(None, *names[:positional], **dict.fromkeys(names[positional:]))


@pytest.mark.parametrize("name", sorted(CALLS_OF_NOVA_26))
def test_a_method_accepts_the_calls_of_nova_26(name: str) -> None:
    positional, named = CALLS_OF_NOVA_26[name]
    inspect.signature(getattr(DockerDriver, name)).bind(None, *positional, **named)


def test_capabilities_are_the_ones_nova_knows() -> None:
    assert DockerDriver.capabilities.keys() == ComputeDriver.capabilities.keys()
    on = {name for name, supported in DockerDriver.capabilities.items() if supported}
    assert on == {"has_imagecache", "supports_attach_interface", "supports_image_type_raw"}
