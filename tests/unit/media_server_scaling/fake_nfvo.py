"""An NFVO that grants everything, stores records and sends actions; on whatever bus."""

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any

from nai.catalogue import VimInstance
from nai.core.bus import Bus, BusError, Delivery
from nai.core.identifiers import new_id


class FakeNfvo:
    """Keeps the records that VNFMs send.

    Attributes:
        records: VNFR id to its record as last told.
        statuses: Every status that UPDATEVNFR told, in order.
        refusing: Text with which UPDATEVNFR is refused.
        vims: VNFR id to the VIM that its instances are made in, where it is not the usual one.
    """

    def __init__(self, bus: Bus, vim: VimInstance) -> None:
        self._bus = bus
        self._vim = vim
        self._answers: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self.records: dict[str, dict[str, Any]] = {}
        self.statuses: list[str] = []
        self.refusing: str | None = None
        self.vims: dict[str, VimInstance] = {}

    async def start(self) -> None:
        await self._bus.consume("nfvo.vnfm.register", self._registered)
        await self._bus.consume("vnfm.nfvo.actions", self._answered)
        await self._bus.consume("vnfm.nfvo.actions.reply", self._asked)

    async def _registered(self, delivery: Delivery) -> None:
        """Nothing has to be known of a VNFM."""

    async def _answered(self, delivery: Delivery) -> None:
        body = delivery.body
        record = body.get("virtualNetworkFunctionRecord")
        if record and body["action"] != "ERROR":
            self.records[record["id"]] = record
        future = self._answers.get(body.get("occurrenceId", ""))
        if future is not None and not future.done():
            future.set_result(body)

    async def _asked(self, delivery: Delivery) -> Mapping[str, Any]:
        record = delivery.body["virtualNetworkFunctionRecord"]
        if delivery.body["action"] == "GRANT_OPERATION":
            for unit in record["vdu"]:
                unit.setdefault("id", f"{record['id']}-{unit['name']}")
                for component in unit["vnfc"]:
                    component.setdefault("id", new_id())
            return {
                "action": "GRANT_OPERATION",
                "grantAllowed": True,
                "vduVim": {unit["id"]: self.vims.get(record["id"], self._vim).to_wire() for unit in record["vdu"]},
                "virtualNetworkFunctionRecord": record,
            }
        if self.refusing is not None:
            return {"action": "ERROR", "message": self.refusing}
        self.records[record["id"]] = record
        self.statuses.append(record["status"])
        return {"action": "UPDATEVNFR", "vnfr": record}

    async def ask(
        self,
        action: str,
        *,
        seconds: float = 30,
        occurrence: str = "",
        manager: str = "media-server",
        again_seconds: float = 60,
        **body: Any,
    ) -> dict[str, Any]:
        """Sends an action, again and again as our NFVO does, until it is answered.

        Args:
            action: What is to be done.
            seconds: How long the answer may take.
            occurrence: Names the action; a new name by default.
            manager: Type of the VNFM.
            again_seconds: Time between two sendings.
            **body: The message.
        """
        occurrence = occurrence or new_id()
        future = self._answers[occurrence] = asyncio.get_running_loop().create_future()
        message = {"action": action, "occurrenceId": occurrence, **body}
        async with asyncio.timeout(seconds):
            while not future.done():
                with contextlib.suppress(BusError):
                    await self._bus.publish(f"nfvo.{manager}.actions", message, mandatory=True)
                await asyncio.wait([future], timeout=again_seconds)
        answer: dict[str, Any] = future.result()
        return answer

    async def instantiate(self, vnfr_id: str, vnfd: Mapping[str, Any], **keywords: Any) -> dict[str, Any]:
        """Sends INSTANTIATE."""
        return await self.ask(
            "INSTANTIATE",
            vnfd=vnfd,
            vnfdf={"flavour_key": "d1.medium"},
            vnfInstanceName=vnfd["name"],
            vlrs=[],
            extension={"nsr-id": "nsr-1", "vnfr-id": vnfr_id},
            keys=[],
            **keywords,
        )

    async def run(self, vnfr_id: str, vnfd: Mapping[str, Any]) -> dict[str, Any]:
        """Sends INSTANTIATE and START."""
        answer = await self.instantiate(vnfr_id, vnfd)
        assert answer["action"] == "INSTANTIATE", answer
        return await self.start_vnf(vnfr_id)

    async def start_vnf(self, vnfr_id: str, **keywords: Any) -> dict[str, Any]:
        """Sends START."""
        answer = await self.ask("START", virtualNetworkFunctionRecord=self.records[vnfr_id], **keywords)
        assert answer["action"] == "START", answer
        return answer

    async def terminate(self, vnfr_id: str, **keywords: Any) -> dict[str, Any]:
        """Sends RELEASE_RESOURCES."""
        record = self.records.get(vnfr_id, {"id": vnfr_id, "name": "ms", "vdu": []})
        return await self.ask("RELEASE_RESOURCES", vnfr=record, **keywords)

    def give_up(self, reason: str) -> None:
        """Fails whoever waits for an answer."""
        for future in self._answers.values():
            if not future.done():
                future.set_exception(AssertionError(reason))

    def instances(self, vnfr_id: str) -> list[dict[str, Any]]:
        """Gives the instances of a record."""
        return [each for unit in self.records[vnfr_id]["vdu"] for each in unit.get("vnfc_instance", [])]

    def hostnames(self, vnfr_id: str) -> list[str]:
        """Gives the sorted host names of a record's instances."""
        return sorted(each["hostname"] for each in self.instances(vnfr_id))


def descriptor(
    name: str = "ms", count: int = 1, maximum: int = 5, policies: Any = (), **changes: Any
) -> dict[str, Any]:
    """The VNFD that the PaaS manager builds (wire contract 1.4)."""
    point = {"floatingIp": "random", "virtual_link_reference": "internal_nubomedia"}
    return {
        "name": name,
        "vendor": "TUB",
        "version": "1.0",
        "type": "media-server",
        "endpoint": "media-server",
        "deployment_flavour": [{"flavour_key": "d1.medium"}],
        "virtual_link": [{"name": "internal_nubomedia"}],
        "auto_scale_policy": list(policies),
        "vdu": [
            {
                "name": f"vdu-{name}",
                "vm_image": ["kms"],
                "vimInstanceName": ["memory-vim"],
                "scale_in_out": maximum,
                "vnfc": [{"connection_point": [point]} for _ in range(count)],
            }
        ],
    } | changes
