"""The orchestrator's API as its clients use it."""

from __future__ import annotations

from typing import TypeVar

from nai.catalogue import (
    Action,
    DeployNSRBody,
    EndpointType,
    EventEndpoint,
    NetworkServiceDescriptor,
    NetworkServiceRecord,
    VimInstance,
    VNFComponent,
    VNFPackage,
)
from nai.core.wire import WireModel
from nai.nfvo.client.session import NfvoSession

Model = TypeVar("Model", bound=WireModel)


class NfvoClient(NfvoSession):
    """The operations that the platform needs; `request` makes any other. All of them raise `NfvoError`."""

    async def vims(self) -> list[VimInstance]:
        """List the infrastructures."""
        return await self._list("/datacenters", VimInstance)

    async def create_vim(self, vim: VimInstance) -> VimInstance:
        """Register an infrastructure."""
        return VimInstance.from_wire(await self.request("POST", "/datacenters", json=vim.to_wire()))

    async def service_descriptors(self) -> list[NetworkServiceDescriptor]:
        """List the services' descriptors."""
        return await self._list("/ns-descriptors", NetworkServiceDescriptor)

    async def create_service_descriptor(self, descriptor: NetworkServiceDescriptor) -> NetworkServiceDescriptor:
        """On-board a service's descriptor."""
        stored = await self.request("POST", "/ns-descriptors", json=descriptor.to_wire())
        return NetworkServiceDescriptor.from_wire(stored)

    async def delete_service_descriptor(self, descriptor_id: str) -> None:
        """Delete a service's descriptor."""
        await self.request("DELETE", f"/ns-descriptors/{descriptor_id}")

    async def delete_function_descriptor(self, descriptor_id: str) -> None:
        """Delete a function's descriptor."""
        await self.request("DELETE", f"/vnf-descriptors/{descriptor_id}")

    async def services(self) -> list[NetworkServiceRecord]:
        """List the running services."""
        return await self._list("/ns-records", NetworkServiceRecord)

    async def service(self, record_id: str) -> NetworkServiceRecord:
        """Return a running service.

        Raises:
            NfvoError: with status 404 if there is none.
        """
        return NetworkServiceRecord.from_wire(await self.request("GET", f"/ns-records/{record_id}"))

    async def instantiate(self, descriptor_id: str, body: DeployNSRBody | None = None) -> NetworkServiceRecord:
        """Start a service; it is running once its status is ACTIVE."""
        order = (body or DeployNSRBody()).to_wire()
        return NetworkServiceRecord.from_wire(await self.request("POST", f"/ns-records/{descriptor_id}", json=order))

    async def terminate(self, record_id: str) -> None:
        """Release a service; it is gone once `service` answers 404."""
        await self.request("DELETE", f"/ns-records/{record_id}")

    async def scale_out(self, record_id: str, function_id: str, unit_id: str, component: VNFComponent) -> None:
        """Add an instance to a unit of a function."""
        path = f"/ns-records/{record_id}/vnfrecords/{function_id}/vdunits/{unit_id}/vnfcinstances"
        await self.request("POST", path, json=component.to_wire())

    async def scale_in(self, record_id: str, function_id: str, unit_id: str, instance_id: str | None = None) -> None:
        """Remove an instance from a unit of a function: a certain one, or any."""
        path = f"/ns-records/{record_id}/vnfrecords/{function_id}/vdunits/{unit_id}/vnfcinstances"
        await self.request("DELETE", path if instance_id is None else f"{path}/{instance_id}")

    async def start_instance(self, record_id: str, function_id: str, unit_id: str, instance_id: str) -> None:
        """Start a stopped instance."""
        await self._power(record_id, function_id, unit_id, instance_id, "start")

    async def stop_instance(self, record_id: str, function_id: str, unit_id: str, instance_id: str) -> None:
        """Stop a running instance."""
        await self._power(record_id, function_id, unit_id, instance_id, "stop")

    async def upload_package(self, name: str, content: bytes) -> str:
        """On-board a VNF package (tar) and return its id."""
        return str((await self.request("POST", "/vnf-packages", files={"file": (name, content)}))["id"])

    async def packages(self) -> list[VNFPackage]:
        """List the packages."""
        return await self._list("/vnf-packages", VNFPackage)

    async def subscribe(
        self,
        name: str,
        event: Action,
        endpoint: str,
        *,
        type_: EndpointType = EndpointType.RABBIT,
        service_id: str = "",
    ) -> EventEndpoint:
        """Have events sent to a queue or URL; the same subscription twice is one."""
        wanted = EventEndpoint(name=name, event=event, endpoint=endpoint, type=type_)
        if service_id:
            wanted.network_service_id = service_id
        return EventEndpoint.from_wire(await self.request("POST", "/events", json=wanted.to_wire()))

    async def unsubscribe(self, endpoint_id: str) -> None:
        """Have no more events sent."""
        await self.request("DELETE", f"/events/{endpoint_id}")

    async def _power(self, record_id: str, function_id: str, unit_id: str, instance_id: str, verb: str) -> None:
        units = f"/ns-records/{record_id}/vnfrecords/{function_id}/vdunits"
        await self.request("POST", f"{units}/{unit_id}/vnfcinstances/{instance_id}/{verb}")

    async def _list(self, path: str, model: type[Model]) -> list[Model]:
        return [model.from_wire(each) for each in await self.request("GET", path)]
