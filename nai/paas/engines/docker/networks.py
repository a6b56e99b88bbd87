"""Networks: one for each application and its services, so that no application reaches another one. Blocking."""

from __future__ import annotations

from ipaddress import IPv4Network, ip_network
from typing import TYPE_CHECKING, Any

from docker.types import IPAMConfig, IPAMPool

from nai.core.errors import NotFoundError
from nai.paas.engines.docker.names import APPLICATION, BUILD, OWNER, network_name
from nai.paas.engines.errors import EngineError, EngineRefusedError

if TYPE_CHECKING:
    from nai.paas.engines.docker.api import Docker
    from nai.paas.engines.docker.settings import DockerSettings


class Networks:
    """The networks of one owner."""

    def __init__(self, docker: Docker, settings: DockerSettings) -> None:
        """Contact nothing."""
        self._docker = docker
        self._settings = settings

    def ensure(self, application: str) -> str:
        """The name of an application's network, which is made where it is missing."""
        name = network_name(self._settings.owner, application)
        self._ensure(name, {APPLICATION: application})
        return name

    def ensure_for_build(self, name: str) -> str:
        """The name of a network of a build's own."""
        network = network_name(self._settings.owner, f"build-{name}")
        self._ensure(network, {BUILD: name})
        return network

    def remove_of_build(self, name: str) -> None:
        """Remove it."""
        self._remove(network_name(self._settings.owner, f"build-{name}"))

    def builds(self) -> set[str]:
        """Builds that have a network."""
        return {each["Labels"][BUILD] for each in self._own() if BUILD in (each.get("Labels") or {})}

    def applications(self) -> set[str]:
        """Applications that have a network."""
        return {each["Labels"][APPLICATION] for each in self._own() if APPLICATION in (each.get("Labels") or {})}

    def remove(self, application: str) -> bool:
        """Remove an application's network; returns whether it is gone: it stays while containers are in it."""
        return self._remove(network_name(self._settings.owner, application))

    def _remove(self, name: str) -> bool:
        try:
            if self._find(name) is not None:
                self._docker.ask(f"network {name}", lambda client: client.remove_network(name))
        except NotFoundError:
            pass
        except EngineRefusedError:
            # Somebody is in it: a service of the application that goes later.
            return False
        return True

    def _ensure(self, name: str, labels: dict[str, str]) -> None:
        if self._find(name) is not None:
            return
        taken: set[IPv4Network] = set()
        while True:
            subnet = self._free_subnet(taken)
            ipam = IPAMConfig(pool_configs=[IPAMPool(subnet=str(subnet))]) if subnet else None
            try:
                self._create(name, labels, ipam)
            except EngineRefusedError as error:
                if "already exists" in str(error):
                    return
                if subnet is None or "overlap" not in str(error).lower():
                    raise self._without_room(error) from error
                # A route of the host's, which the engine does not list.
                taken.add(subnet)
            else:
                return

    def _create(self, name: str, labels: dict[str, str], ipam: IPAMConfig | None) -> None:
        self._docker.ask(
            f"network {name}",
            lambda client: client.create_network(
                name,
                driver="bridge",
                check_duplicate=True,
                ipam=ipam,
                labels={OWNER: self._settings.owner, **labels},
            ),
        )

    def _find(self, name: str) -> dict[str, Any] | None:
        """A network of ours.

        Raises:
            EngineRefusedError: There is one of that name, and it is somebody else's.
        """
        found = self._docker.ask("networks", lambda client: client.networks(names=[name]))
        # The engine takes parts of names for names.
        mine = next((each for each in found if each["Name"] == name), None)
        if mine is not None and (mine.get("Labels") or {}).get(OWNER) != self._settings.owner:
            raise EngineRefusedError(f"There is a network {name} already, and this manager has not made it")
        return mine

    def _own(self) -> list[dict[str, Any]]:
        label = f"{OWNER}={self._settings.owner}"
        found: list[dict[str, Any]] = self._docker.ask(
            "networks", lambda client: client.networks(filters={"label": label})
        )
        return found

    def _free_subnet(self, taken: set[IPv4Network]) -> IPv4Network | None:
        """A range that no network has; None leaves it to the engine."""
        if self._settings.subnets is None:
            return None
        used = set(taken)
        for each in self._docker.ask("networks", lambda client: client.networks()):
            for part in (each.get("IPAM") or {}).get("Config") or []:
                subnet = ip_network(part["Subnet"], strict=False) if part.get("Subnet") else None
                if isinstance(subnet, IPv4Network):
                    used.add(subnet)
        for candidate in self._settings.subnets.subnets(new_prefix=self._settings.subnet_prefix):
            if not any(candidate.overlaps(each) for each in used):
                return candidate
        message = f"All networks of {self._settings.subnets} are taken: give the engine more `subnets`"
        raise EngineRefusedError(message)

    def _without_room(self, error: EngineError) -> EngineError:
        signs = ("non-overlapping", "fully subnetted", "no available network")
        if self._settings.subnets is None and any(sign in str(error).lower() for sign in signs):
            return EngineRefusedError(f"{error} (give the engine `subnets`)")
        return error
