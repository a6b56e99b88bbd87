"""Which driver serves which type of VIM instance."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from nai.catalogue import VimInstance
from nai.vim.driver import VimDriver
from nai.vim.errors import VimError
from nai.vim.options import DriverOptions

DriverFactory = Callable[[VimInstance, DriverOptions], VimDriver]
"""Makes the driver of one VIM instance; contacts nothing."""


def _lazily(module: str, name: str) -> DriverFactory:
    """Imports a driver when the first instance of its type is opened: openstacksdk alone takes a second."""

    def factory(instance: VimInstance, options: DriverOptions) -> VimDriver:
        driver: VimDriver = getattr(import_module(module), name)(instance, options)
        return driver

    return factory


_factories: dict[str, DriverFactory] = {
    "docker": _lazily("nai.vim.docker.driver", "DockerDriver"),
    "openstack": _lazily("nai.vim.openstack.driver", "OpenStackDriver"),
}


def register_driver(kind: str, factory: DriverFactory) -> None:
    """Adds a driver, or replaces one.

    Args:
        kind: `type` of the VIM instances it serves.
        factory: Makes the driver.
    """
    _factories[kind] = factory


def driver_types() -> tuple[str, ...]:
    """The types of VIM instances that can be opened."""
    return tuple(sorted(_factories))


def open_driver(instance: VimInstance, options: DriverOptions | None = None) -> VimDriver:
    """Returns the driver of a VIM instance; nothing is contacted before its first use.

    Opening the same instance again is cheap: its connection is kept.

    Args:
        instance: Its `type` picks the driver.
        options: Settings of the drivers; None takes their defaults.

    Raises:
        VimError: There is no driver for the type.
    """
    factory = _factories.get(instance.type or "")
    if factory is None:
        raise VimError(
            f"VIM {instance.name} is of type {instance.type!r}, for which there is no driver; "
            f"there are drivers for {', '.join(driver_types())}"
        )
    return factory(instance, options or DriverOptions())
