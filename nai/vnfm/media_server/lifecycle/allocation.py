"""Makes and removes the servers of ledger rows, all of one call at the same time.

Every piece can be run again: a server is looked for by its name before it is made, and one that is gone is no error.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence

from nai.catalogue import Server, VimInstance
from nai.core.clock import Clock
from nai.core.threads import in_thread
from nai.vim import VimDriver, VimError, VimNotFoundError, VimQuotaError, VimUnreachableError
from nai.vnfm.media_server.lifecycle.ledger import Instance, Ledger
from nai.vnfm.media_server.lifecycle.server_requests import attachments, server_request, vnfc_instance
from nai.vnfm.media_server.lifecycle.settings import InstanceSettings
from nai.vnfm.media_server.lifecycle.user_data import read_scripts, render, variables
from nai.vnfm.media_server.lifecycle.vnfs import Vnf

_log = logging.getLogger(__name__)

OpenDriver = Callable[[VimInstance], VimDriver]


class AllocationError(Exception):
    """Instances could not be made; the text has each one's reason."""


class Allocator:
    """Servers of VNFs, in whichever infrastructure their VDU is."""

    def __init__(
        self,
        ledger: Ledger,
        clock: Clock,
        settings: InstanceSettings,
        open_driver: OpenDriver,
    ) -> None:
        """Connects it.

        Args:
            ledger: Where instances are written down.
            clock: For the waits between attempts.
            settings: How instances are made.
            open_driver: VIM instance to its driver.
        """
        self._ledger = ledger
        self._clock = clock
        self._settings = settings
        self._open_driver = open_driver
        self._scripts: Sequence[str] | None = None
        self._making: dict[str, asyncio.Task[Instance]] = {}

    async def close(self) -> None:
        """Ends what is being made; the next process finds it by its name."""
        for task in self._making.values():
            task.cancel()
        await asyncio.gather(*self._making.values(), return_exceptions=True)

    def driver(self, vnf: Vnf, unit_id: str) -> tuple[VimDriver, VimInstance]:
        """Gives the infrastructure that a VDU's instances are in.

        Raises:
            VimError: The NFVO named none, or one for which there is no driver.
        """
        vim = vnf.vim_instances.get(unit_id)
        if vim is None:
            raise VimError(f"The NFVO named no VIM for VDU {unit_id} of VNFR {vnf.vnfr_id}.")
        return self._open_driver(vim), vim

    async def foreign_names(self, vnf: Vnf, unit_id: str, prefix: str) -> set[str]:
        """Gives the names that the infrastructure holds already; see `Ledger.reserve`."""
        driver, _ = self.driver(vnf, unit_id)
        return {server.name for server in await driver.list_servers(prefix) if server.name}

    async def make(self, vnf: Vnf, instances: Iterable[Instance]) -> tuple[list[Instance], dict[str, str]]:
        """Makes the servers of instances, all at once, and writes each down as soon as it is there.

        Args:
            vnf: The VNF they belong to.
            instances: Rows of the ledger; one that has its server already is passed through.

        Returns:
            The instances with their servers, and name to reason of those that could not be made. Their servers may
            exist, half made: the caller has them removed.
        """
        wanted = list(instances)
        results = await asyncio.gather(*(self._join(vnf, each) for each in wanted), return_exceptions=True)
        made: list[Instance] = []
        failed: dict[str, str] = {}
        for each, result in zip(wanted, results, strict=True):
            if isinstance(result, Instance):
                made.append(result)
            elif isinstance(result, (VimError, ValueError, OSError)):
                failed[each.name] = str(result) or type(result).__name__
            else:
                raise result
        return made, failed

    async def unmake(self, vnf: Vnf | None, instances: Iterable[Instance]) -> dict[str, str]:
        """Removes the servers of instances, all at once, and the row of each that is gone.

        Returns:
            Name to reason of those that may still be there; they keep their rows.
        """
        wanted = list(instances)
        results = await asyncio.gather(*(self._unmake_one(vnf, each) for each in wanted), return_exceptions=True)
        failed: dict[str, str] = {}
        for each, result in zip(wanted, results, strict=True):
            if isinstance(result, VimError):
                failed[each.name] = str(result)
            elif isinstance(result, BaseException):
                raise result
        return failed

    async def _join(self, vnf: Vnf, instance: Instance) -> Instance:
        """Makes an instance, or waits for the call that is making it.

        A caller that is cancelled leaves the call running: a blocking SDK cannot be stopped half way, and a server
        that appears after somebody deleted it by its name would be forgotten. `_unmake_one` waits for it.
        """
        task = self._making.get(instance.name)
        if task is None:
            task = self._making[instance.name] = asyncio.create_task(self._make_one(vnf, instance))
            task.add_done_callback(lambda _task: self._making.pop(instance.name, None))
        return await asyncio.shield(task)

    async def _make_one(self, vnf: Vnf, instance: Instance) -> Instance:
        if instance.document is not None:
            return instance
        driver, vim = self.driver(vnf, instance.unit_id)
        if self._scripts is None:
            self._scripts = await in_thread(read_scripts, self._settings.user_data_directory)
        values = variables(instance.name, self._settings, vnf.record.configurations)
        request = server_request(
            instance, vnf.record, vnf.unit(instance.unit_id), vim, vnf.keys, render(values, self._scripts)
        )
        for key in vnf.keys:
            if key.name and key.public_key:
                await driver.ensure_key(key.name, key.public_key)
        for attachment in attachments(instance.component):
            await driver.ensure_network(attachment.network)
        server = await self._attempt(lambda: driver.create_server(request), driver, instance.name)
        capacity = await self._vcpus(driver, vim, server, request.flavour) * self._settings.capacity_per_vcpu
        changed = await self._ledger.change(
            [instance], document=vnfc_instance(instance, server, vim), capacity=capacity
        )
        if not changed:
            raise VimError(f"Instance {instance.name} was given up while it was made.")
        return changed[0]

    async def _attempt(self, create: Callable[[], Awaitable[Server]], driver: VimDriver, name: str) -> Server:
        """Tries again what may go better the next time, after removing what the attempt left behind."""
        for attempt in range(1, self._settings.attempts + 1):
            try:
                return await create()
            except (VimQuotaError, VimNotFoundError):
                raise
            except VimError as error:
                _log.warning("Instance %s, attempt %d: %s", name, attempt, error)
                if attempt == self._settings.attempts:
                    raise
                await self._clock.sleep(self._settings.retry_seconds)
                if not isinstance(error, VimUnreachableError):
                    await driver.delete_server(name)
        raise AssertionError("unreachable: there is at least one attempt")

    @staticmethod
    async def _vcpus(driver: VimDriver, vim: VimInstance, server: Server, flavour: str) -> int:
        """Finds the number of virtual CPUs: from the server, the NFVO, or the infrastructure as it is now."""
        if server.flavor is not None and server.flavor.vcpus:
            return server.flavor.vcpus
        for known in (vim.flavours, None):
            offered = known if known is not None else (await driver.refresh()).flavours
            for each in offered:
                if flavour in (each.flavour_key, each.ext_id) and each.vcpus:
                    return each.vcpus
        raise VimError(f"Flavour {flavour} of VIM {vim.name} does not say how many virtual CPUs it has.")

    async def _unmake_one(self, vnf: Vnf | None, instance: Instance) -> None:
        if vnf is None:
            raise VimError(f"Nothing is known any more about VNFR {instance.vnfr_id} of instance {instance.name}.")
        driver, _ = self.driver(vnf, instance.unit_id)
        await driver.delete_server(instance.name)
        if (making := self._making.get(instance.name)) is not None:
            await asyncio.wait([making])
            await driver.delete_server(instance.name)
        await self._ledger.drop([instance])
