"""Nova's virt driver for Docker: Nova's calls, handed to the modules beside it.

What Docker cannot do is not overridden, so Nova says so itself: volumes, resize and migration, rescue, graphical
consoles.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import nova.conf
import nova.image.glance
import os_resource_classes as orc
from eventlet import tpool
from nova import exception
from nova.compute import utils as compute_utils
from nova.objects import fields
from nova.virt import driver, hardware
from oslo_concurrency import processutils
from oslo_log import log as logging
from oslo_service import loopingcall

from . import containers, diagnostics, image_cache, known, names, network, options, ports, power, resources, snapshot
from .bodies import Bodies
from .engine import APIError, DockerException, Engine, NotFound, reason
from .images import ImageError, ImageStore
from .nova_glance import NovaSource
from .password import PasswordError, set_root_password
from .periodic import logged
from .ports import PortEvents
from .recovery import Recovery
from .source import SourceError
from .spawning import FAILURES, Spawner
from .stopwatch import Stopwatch

CONF = options.register(nova.conf.CONF)
LOG = logging.getLogger(__name__)

_MAX_CONSOLE_BYTES = 100 * 1024
_MAX_CONSOLE_LINES = 5000


class DockerDriver(driver.ComputeDriver):  # type: ignore[misc]  # Nova has no type information
    """Instances as containers of the host's Docker engine."""

    capabilities = {  # noqa: RUF012  # Nova's own form
        **driver.ComputeDriver.capabilities,
        "has_imagecache": True,
        "supports_attach_interface": True,
        "supports_image_type_raw": True,
    }

    def __init__(self, virtapi: Any, read_only: bool = False) -> None:
        """Prepares the parts; nothing is contacted before init_host."""
        super().__init__(virtapi)
        self._section = CONF.nai_docker
        self._host = CONF.host
        self._work_path = Path(self._section.work_path)
        self._engine = Engine(CONF)
        self._bodies = Bodies(self._engine, CONF)
        self._images = ImageStore(self._engine, self._work_path, tpool.execute)
        self._image_api = nova.image.glance.API()
        self._events = PortEvents(virtapi)
        self._spawner = Spawner(self._engine, self._bodies, self._images, self._events)
        self._busy: dict[str, int] = {}
        self._sweeper: loopingcall.FixedIntervalLoopingCall | None = None

    # --- the host

    def init_host(self, host: str) -> None:
        """Connects to the engine and removes what an earlier life left half made."""
        self._host = host
        recovery = Recovery(self._engine, host, known.lookup, self._busy.__contains__, self._section.ovsdb_connection)
        try:
            info = self._engine.info()
            LOG.info("Docker %s at %s, storage %s", info["ServerVersion"], self._section.engine_socket, info["Driver"])
            self._images.tidy()
            recovery.at_start()
        except FAILURES as error:
            raise exception.InternalError(f"this host cannot run instances: {reason(error)}") from error
        self._sweeper = loopingcall.FixedIntervalLoopingCall(logged(recovery.sweep))
        interval = self._section.cleanup_interval_seconds
        self._sweeper.start(interval=interval, initial_delay=interval)

    def cleanup_host(self, host: str) -> None:
        """Stops looking for what belongs to no instance."""
        # Nova calls this for a start that failed, too.
        if self._sweeper is not None:
            self._sweeper.stop()

    def get_available_nodes(self, refresh: bool = False) -> list[str]:
        """Returns the one node of this host."""
        return [CONF.host]

    def get_available_resource(self, nodename: str) -> dict[str, Any]:
        """Returns capacity and use of this host."""
        info = self._engine.info()
        limits = containers.host_configs(self._engine)
        architecture = fields.Architecture.canonicalize(info["Architecture"])
        supported = [(architecture, fields.HVType.DOCKER, fields.VMMode.EXE)]
        return resources.available(
            resources.host(info), limits, nodename, info["ServerVersion"], supported, CONF.reserved_host_memory_mb
        )

    def update_provider_tree(self, provider_tree: Any, nodename: str, allocations: Any = None) -> None:
        """Tells Placement the capacity of this host."""
        ratios = self._get_allocation_ratios(provider_tree.data(nodename).inventory)
        reserved = {
            orc.VCPU: CONF.reserved_host_cpus,
            orc.MEMORY_MB: CONF.reserved_host_memory_mb,
            orc.DISK_GB: compute_utils.convert_mb_to_ceil_gb(CONF.reserved_host_disk_mb),
        }
        provider_tree.update_inventory(
            nodename, resources.inventory(resources.host(self._engine.info()), ratios, reserved)
        )

    def get_host_uptime(self) -> str:
        """Returns since when the host runs and how busy it is, in the words of uptime(1)."""
        output, _ = processutils.execute("env", "LANG=C", "uptime")
        return str(output)

    # --- what there is

    def list_instances(self) -> list[str]:
        """Returns Nova's names of the instances on this host, running or not."""
        return [containers.label_of(one, names.LABEL_NAME) for one in containers.all_instances(self._engine)]

    def list_instance_uuids(self) -> list[str]:
        """Returns the UUIDs of the instances on this host, running or not."""
        return [containers.label_of(one, names.LABEL_INSTANCE) for one in containers.all_instances(self._engine)]

    def instance_exists(self, instance: Any) -> bool:
        """Whether the instance has a container here."""
        return containers.find(self._engine, instance.uuid) is not None

    def get_info(self, instance: Any, use_cache: bool = True) -> Any:  # nothing is cached
        """Returns the power state of an instance."""
        container = self._container(instance)
        return hardware.InstanceInfo(state=power.state_of(container), internal_id=container["Id"])

    # --- making and removing

    def spawn(
        self,
        context: Any,
        instance: Any,
        image_meta: Any,
        injected_files: Sequence[tuple[str, bytes]] | None,
        admin_password: str | None,
        allocations: Any,
        network_info: Any = None,
        block_device_info: Any = None,
        power_on: bool = True,
        accel_info: Any = None,
    ) -> None:
        """Makes an instance and starts it; on failure nothing of it is left."""
        with self._working_on(instance.uuid):
            self._spawner.spawn(context, instance, image_meta, injected_files, network_info, power_on)
            if power_on and admin_password and self._section.inject_password:
                self.set_admin_password(instance, admin_password)

    def destroy(
        self,
        context: Any,
        instance: Any,
        network_info: Any,
        block_device_info: Any = None,
        destroy_disks: bool = True,
        destroy_secrets: bool = True,
    ) -> None:
        """Ends an instance and removes all of it from the host."""
        self.cleanup(context, instance, network_info, block_device_info, destroy_disks)

    def cleanup(
        self,
        context: Any,
        instance: Any,
        network_info: Any,
        block_device_info: Any = None,
        destroy_disks: bool = True,
        migrate_data: Any = None,
        destroy_vifs: bool = True,
        destroy_secrets: bool = True,
    ) -> None:
        """Removes what there is of an instance; what is gone is no failure."""
        with self._working_on(instance.uuid):
            if destroy_vifs:
                self._unplug(instance, network_info)
            if destroy_disks:
                try:
                    self._bodies.remove(names.container_name(instance.uuid))
                except DockerException as error:
                    raise exception.InstanceTerminationFailure(reason=reason(error)) from error

    # --- power

    def power_off(self, instance: Any, timeout: int = 0, retry_interval: int = 0) -> None:
        """Stops an instance; after `timeout` seconds it is killed."""
        clock = Stopwatch()
        try:
            if self._container(instance)["State"]["Paused"]:
                # A frozen process cannot act on a signal.
                self._engine.client.unpause(names.container_name(instance.uuid))
            self._engine.client.stop(names.container_name(instance.uuid), timeout=timeout)
        except DockerException as error:
            raise exception.InstancePowerOffFailure(reason=reason(error)) from error
        clock.lap("stop")
        LOG.info("stopped in %s", clock, instance=instance)

    def power_on(
        self,
        context: Any,
        instance: Any,
        network_info: Any,
        block_device_info: Any = None,
        accel_info: Any = None,
        share_info: Any = None,
    ) -> None:
        """Starts an instance and plugs its NICs: a container that starts has a new network namespace."""
        if self._container(instance)["State"]["Running"]:
            self._plug(instance, network_info)
            return
        clock = Stopwatch()
        self._unplug(instance, network_info)
        clock.lap("unplug")
        try:
            self._bodies.start(names.container_name(instance.uuid))
            clock.lap("start")
            self._plug(instance, network_info)
            clock.lap("plug")
        except FAILURES as error:
            raise exception.InstancePowerOnFailure(reason=reason(error)) from error
        LOG.info("started in %s", clock, instance=instance)

    def reboot(
        self,
        context: Any,
        instance: Any,
        network_info: Any,
        reboot_type: str,
        block_device_info: Any = None,
        bad_volumes_callback: Any = None,
        accel_info: Any = None,
        share_info: Any = None,
    ) -> None:
        """Stops and starts an instance; a hard reboot gives it no time to shut down."""
        self.power_off(instance, timeout=CONF.shutdown_timeout if reboot_type == "SOFT" else 0)
        self.power_on(context, instance, network_info)

    def pause(self, instance: Any) -> None:
        """Freezes all processes of an instance."""
        with self._engine_errors(instance):
            self._engine.client.pause(names.container_name(instance.uuid))

    def unpause(self, instance: Any) -> None:
        """Lets the processes of an instance run on."""
        with self._engine_errors(instance):
            self._engine.client.unpause(names.container_name(instance.uuid))

    def suspend(self, context: Any, instance: Any) -> None:
        """Refuses: Docker cannot write an instance's memory to disk.

        Its checkpoints are experimental, need CRIU on the host, and cannot restore NICs that were plugged from outside.
        """
        raise exception.InstanceFaultRollback(
            exception.InstanceSuspendFailure(
                reason="Docker cannot write a container's memory to disk; pause keeps the processes in memory, stop "
                "keeps the file system"
            )
        )

    def resume(
        self, context: Any, instance: Any, network_info: Any, block_device_info: Any = None, share_info: Any = None
    ) -> None:
        """Refuses, as nothing can have been suspended."""
        raise NotImplementedError(f"instance {instance.uuid}: Docker cannot suspend, so there is nothing to resume")

    def resume_state_on_host_boot(self, context: Any, instance: Any, network_info: Any, *_: Any, **__: Any) -> None:
        """Starts an instance that ran when the host went down.

        Releases of Nova differ in the arguments behind the third.
        """
        self.power_on(context, instance, network_info)

    # --- network

    def plug_vifs(self, instance: Any, network_info: Any) -> None:
        """Plugs the NICs of a running instance that are not plugged; a stopped one has nothing to plug them into."""
        try:
            self._plug(instance, network_info)
        except FAILURES as error:
            raise exception.VirtualInterfacePlugException(reason(error)) from error

    def unplug_vifs(self, instance: Any, network_info: Any) -> None:
        """Takes the NICs of an instance away."""
        self._unplug(instance, network_info)

    def attach_interface(self, context: Any, instance: Any, image_meta: Any, vif: Any) -> None:
        """Gives an instance one more NIC; a stopped one gets it when it starts.

        Does not wait for Neutron's word that the port is wired: Nova's API waits for this call, and with one thread it
        could not take that word.
        """
        others = [one for one in instance.get_network_info() if one["id"] != vif["id"]]
        try:
            self._bodies.plug(instance.uuid, instance.hostname, [*others, vif])
        except FAILURES as error:
            LOG.error("NIC for port %s: %s", vif["id"], reason(error), instance=instance)
            self._unplug(instance, [vif])
            raise exception.InterfaceAttachFailed(instance_uuid=instance.uuid) from error

    def detach_interface(self, context: Any, instance: Any, vif: Any) -> None:
        """Takes one NIC away."""
        try:
            self._bodies.unplug(network.taps([vif]))
            rest = [one for one in instance.get_network_info() if one["id"] != vif["id"]]
            self._bodies.plug(instance.uuid, instance.hostname, rest)
        except FAILURES as error:
            LOG.error("NIC of port %s: %s", vif["id"], reason(error), instance=instance)
            raise exception.InterfaceDetachFailed(instance_uuid=instance.uuid) from error

    # --- looking inside

    def get_console_output(self, context: Any, instance: Any) -> bytes:
        """Returns the end of what the instance wrote to its console."""
        with self._engine_errors(instance):
            output = self._engine.client.logs(names.container_name(instance.uuid), tail=_MAX_CONSOLE_LINES)
        return bytes(output[-_MAX_CONSOLE_BYTES:])

    def get_diagnostics(self, instance: Any) -> dict[str, Any]:
        """Returns figures of an instance the way old microversions show them."""
        return diagnostics.flat(self.get_instance_diagnostics(instance))

    def get_instance_diagnostics(self, instance: Any) -> Any:
        """Returns figures of an instance."""
        container = self._container(instance)
        with self._engine_errors(instance):
            stats = self._engine.client.stats(container["Id"], stream=False)
        return diagnostics.collect(container, stats, instance.get_network_info())

    def set_admin_password(self, instance: Any, new_pass: str) -> None:
        """Sets root's password."""
        try:
            set_root_password(self._engine, names.container_name(instance.uuid), new_pass)
        except (PasswordError, DockerException) as error:
            raise exception.InstancePasswordSetFailed(instance=instance.uuid, reason=reason(error)) from error

    # --- images

    def snapshot(self, context: Any, instance: Any, image_id: str, update_task_state: Callable[..., None]) -> None:
        """Stores the file system of an instance as an image in Glance."""
        with self._engine_errors(instance):
            snapshot.upload(self._engine, self._image_api, context, instance, image_id, update_task_state)

    def cache_image(self, context: Any, image_id: str) -> bool:
        """Brings an image to this host; True when it was not there."""
        try:
            return self._images.ensure(image_id, NovaSource(context))[1]
        except (ImageError, SourceError) as error:
            raise exception.ImageUnacceptable(image_id=image_id, reason=str(error)) from error

    def manage_image_cache(self, context: Any, all_instances: Sequence[Any]) -> None:
        """Removes images that have gone from Glance and that nothing has needed for the grace period."""
        image_cache.prune(CONF, self._images, {instance.image_ref for instance in all_instances if instance.image_ref})

    # --- inside

    def _plug(self, instance: Any, network_info: Any) -> None:
        self._bodies.plug(instance.uuid, instance.hostname, ports.complete(network_info))

    def _unplug(self, instance: Any, network_info: Any) -> None:
        try:
            self._bodies.unplug(network.taps(ports.complete(network_info)))
        except FAILURES as error:
            LOG.warning("ports stay until the next clean-up: %s", reason(error), instance=instance)

    def _container(self, instance: Any) -> dict[str, Any]:
        container = containers.find(self._engine, instance.uuid)
        if container is None:
            raise exception.InstanceNotFound(instance_id=instance.uuid)
        return container

    @contextlib.contextmanager
    def _engine_errors(self, instance: Any) -> Iterator[None]:
        try:
            yield
        except NotFound as error:
            raise exception.InstanceNotFound(instance_id=instance.uuid) from error
        except APIError as error:
            raise exception.InternalError(f"instance {instance.uuid}: the engine says: {reason(error)}") from error

    @contextlib.contextmanager
    def _working_on(self, uuid: str) -> Iterator[None]:
        """Keeps the clean-up away from an instance."""
        self._busy[uuid] = self._busy.get(uuid, 0) + 1
        try:
            yield
        finally:
            self._busy[uuid] -= 1
            if not self._busy[uuid]:
                del self._busy[uuid]
