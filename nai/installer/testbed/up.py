"""`nai testbed up`: every step makes sure of one thing, so a run that was cut short is finished by the next."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from nai.installer.testbed.archive import LOG, load, start_in_background
from nai.installer.testbed.cache import PORT, cache_address, cache_answers, ensure_cache
from nai.installer.testbed.description import Description, HostDescription, describe, release_packages
from nai.installer.testbed.engine import Engine
from nai.installer.testbed.errors import TestbedError
from nai.installer.testbed.hosts import ensure_host
from nai.installer.testbed.image import ensure_base, install_packages
from nai.installer.testbed.keys import ensure_keys
from nai.installer.testbed.network import (
    Network,
    choose_prefix,
    ensure_network,
    plan_networks,
    switch_off_checksum_offload,
    taken_subnets,
    write_prefix,
)
from nai.installer.testbed.ownership import Owner
from nai.installer.testbed.preflight import check_machine, check_space
from nai.installer.testbed.ready import wait_until_ready
from nai.installer.testbed.recipe import PACKAGE_CACHE, Recipe, base_recipe, packages_recipe
from nai.installer.testbed.steps import Steps

Item = TypeVar("Item")


@dataclass(frozen=True)
class Up:
    """One run of the command.

    Attributes:
        owner: Whose testbed.
        engine: The engine.
        steps: Where progress goes.
        recreate: Whether to replace hosts whatever they hold.
    """

    owner: Owner
    engine: Engine
    steps: Steps
    recreate: bool = False

    def run(self) -> None:
        """Makes sure the testbed is up.

        Raises:
            TestbedError: It cannot be.
        """
        with self.steps.step("machine"):
            check_machine()
        with self.steps.step("engine") as step:
            if outcome := self.engine.ensure_running():
                step.did(outcome)
            step.note(f"Docker {self.engine.version()}")
        description, networks = self._networks()
        with self.steps.step("keys") as step:
            addresses = {host.name: str(host.addresses["management"]) for host in description.hosts}
            if made := ensure_keys(self.owner, addresses):
                step.did(f"made: {', '.join(made)}")
        images = self._images(description, networks["management"])
        _parallel(lambda host: self._host(host, description, networks, images[host.group]), description.hosts)
        if tags := start_in_background(self.engine, self.owner.cache):
            self.steps.console.print(f"packing {len(tags)} images for later in the background, log in {LOG}")

    def _networks(self) -> tuple[Description, dict[str, Network]]:
        with self.steps.step("networks") as step:
            description = describe(self.owner.inventory)
            networks = plan_networks(self.owner, description.networks)
            thirds = [int(str(network.subnet).split(".")[2]) for network in networks.values()]
            taken = taken_subnets(self.engine, self.owner, [network.bridge for network in networks.values()])
            prefix = choose_prefix(description.prefix, thirds, taken)
            if prefix != description.prefix:
                write_prefix(self.owner.prefix_file, prefix)
                step.did(f"{description.prefix} is taken, using {prefix}")
                description = describe(self.owner.inventory, prefix)
                networks = plan_networks(self.owner, description.networks)
            if made := [
                network.name for network in networks.values() if ensure_network(self.engine, self.owner, network)
            ]:
                step.did(f"made: {', '.join(made)}")
            switch_off_checksum_offload(networks["external"].bridge)
            step.note(", ".join(str(network.subnet) for network in networks.values()))
        return description, networks

    def _images(self, description: Description, network: Network) -> dict[str, Recipe]:
        """Makes sure of all images and of the package cache.

        Returns:
            Group → image.
        """
        packages = release_packages(self.owner.root, description.release)
        groups = sorted({host.group for host in description.hosts})
        base = base_recipe()
        package_cache = packages_recipe(base, "package-cache", PACKAGE_CACHE)
        images = {group: packages_recipe(base, group, packages.get(group, ())) for group in groups}
        everything = [package_cache, *images.values()]
        with self.steps.step("images") as step:
            ready = [recipe for recipe in everything if self.engine.inspect("image", recipe.tag) is not None]
            absent = [recipe for recipe in everything if recipe not in ready]
            if absent:
                check_space(self.owner.cache)
            with ThreadPoolExecutor() as pool:
                found = pool.map(lambda recipe: load(self.engine, self.owner.cache, recipe.tag), absent)
            to_make = [recipe for recipe, there in zip(absent, found, strict=True) if not there]
            if loaded := [recipe.name for recipe in absent if recipe not in to_make]:
                step.did(f"from the cache: {', '.join(loaded)}")
        if to_make:
            with self.steps.step("image base") as step:
                if outcome := ensure_base(self.engine, self.owner, base):
                    step.did(outcome)
        if package_cache in to_make:
            self._install(base, package_cache, network, "")
        with self.steps.step("package cache") as step:
            if ensure_cache(self.engine, self.owner, network, package_cache, base.mirrors.proxy):
                step.did("started")
            if not cache_answers(network):
                step.note("does not answer: packages come straight from the mirror")
        address = f"{cache_address(network)}:{PORT}"
        _parallel(
            lambda recipe: self._install(base, recipe, network, address),
            [recipe for recipe in to_make if recipe != package_cache],
        )
        return images

    def _install(self, base: Recipe, recipe: Recipe, network: Network, apt_cache: str) -> None:
        with self.steps.step(f"image {recipe.name}") as step:
            install_packages(self.engine, self.owner, base, recipe, network.name, apt_cache)
            step.did(f"{len(recipe.packages)} packages and what they need installed")

    def _host(
        self, host: HostDescription, description: Description, networks: dict[str, Network], image: Recipe
    ) -> None:
        with self.steps.step(host.name) as step:
            outcome, changed = ensure_host(
                self.engine, self.owner, host, description.hosts, networks, image, recreate=self.recreate
            )
            if outcome:
                step.note(outcome)
            step.changed = changed
            step.note(f"{host.addresses['management']} {wait_until_ready(self.engine, self.owner, host)}")


def _parallel(work: Callable[[Item], None], items: Iterable[Item]) -> None:
    """Does the same for all items at once.

    Raises:
        TestbedError: With the messages of all that failed.
    """
    with ThreadPoolExecutor() as pool:
        futures = [pool.submit(work, item) for item in items]
    errors = [error for future in futures if (error := future.exception()) is not None]
    unexpected = [error for error in errors if not isinstance(error, TestbedError)]
    if unexpected:
        raise unexpected[0]
    if errors:
        raise TestbedError("\n".join(str(error) for error in errors))
