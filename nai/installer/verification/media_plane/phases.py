"""The steps of the proof, in their order."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nai.installer.verification import objects
from nai.installer.verification.cloud import PREFIX, connect, wait_for
from nai.installer.verification.errors import CheckFailedError
from nai.installer.verification.media_plane.descriptor import MANAGER, Wanted, network_service
from nai.installer.verification.media_plane.kurento import Kurento
from nai.installer.verification.media_plane.load import Load, described
from nai.installer.verification.media_plane.manager import Manager, Session
from nai.installer.verification.media_plane.nfvo import Nfvo
from nai.installer.verification.media_plane.scaling import Scaling
from nai.installer.verification.report import Report


@dataclass(frozen=True)
class Settings:
    """What is verified.

    Attributes:
        clouds_file: clouds.yaml on the control host.
        state_directory: `.nai`; reports go below it.
        nfvo_url: Where the orchestrator's interface begins.
        nfvo_password: Of its administrator.
        manager_url: Where the media-server VNFM listens.
        point_of_presence: Name under which the orchestrator knows the cloud.
        network: Name of the media servers' network.
        image: Name of the media server's image in Glance.
        flavor: Name of the media servers' flavor.
        timeout_seconds: Longest wait for one thing.
        keep: Leave everything at the end.
    """

    clouds_file: Path
    state_directory: Path
    nfvo_url: str
    nfvo_password: str
    manager_url: str
    point_of_presence: str
    network: str
    image: str
    flavor: str
    timeout_seconds: float
    keep: bool


class MediaPlaneProof:
    """One run of the proof."""

    def __init__(self, settings: Settings, show: Callable[[str], None]) -> None:
        """Contacts nothing.

        Args:
            settings: What is verified.
            show: Told one line at the end of each step.
        """
        self._settings = settings
        directory = settings.state_directory / "reports"
        self.report = Report.begin(directory, secrets.token_hex(3))
        self.report.file = self.report.file.with_name(self.report.file.name.replace("verify-", "verify-media-plane-"))
        self.report.show = show
        self.name = f"{PREFIX}{self.report.run_id}"
        self._nfvo = Nfvo(settings.nfvo_url, settings.nfvo_password)
        self._cloud: Any = None
        self._addresses: set[str] = set()

    def prove(self) -> None:
        """Deploys a network service, uses it and scales it.

        Raises:
            CheckFailedError: Something is not as it must be.
        """
        wanted = self._prepare()
        manager = self._deploy(wanted)
        load = Load(manager, self.name, self._settings.timeout_seconds)
        first = self._place(manager, load, wanted)
        self._speak(first)
        self._beat(manager, first)
        self._end(manager, load, first)
        scaling = Scaling(self.report, manager, load, self._instances, self._connect)
        scaling.out()
        scaling.back()

    def remove(self) -> None:
        """Ends the network service and looks whether anything of it is left.

        Raises:
            CheckFailedError: Something is left.
        """
        if self._settings.keep:
            with self.report.step("kept as verify_keep asks") as step:
                step.seen = f"network service {self.name}"
            return
        with self.report.step("network service ended", "its record gone") as step:
            ended = self._end_services()
            step.seen = f"{ended} records removed"
        with self.report.step("nothing left in Nova and Neutron", "no object of this run") as step:
            if self._cloud is None:
                raise CheckFailedError("no object of this run", "the cloud was not reached")
            left = self._left()
            if left:
                objects.remove_all(self._cloud, self._settings.timeout_seconds)
                raise CheckFailedError("no object of this run", "; ".join(left))
            step.seen = "no instance and no floating IP of this run"

    def _prepare(self) -> Wanted:
        settings = self._settings
        with self.report.step("orchestrator answers", "a token of its administrator"):
            self._nfvo.log_in()
        with self.report.step("leftovers of an earlier run removed") as step:
            self._cloud = connect(settings.clouds_file)
            ended = self._end_services()
            removed = objects.remove_all(self._cloud, settings.timeout_seconds)
            step.seen = ", ".join([f"{ended} network services", *removed]) if ended or removed else "none"
            self._addresses = self._floating()
        with self.report.step("point of presence and VNFM registered") as step:
            known = self._nfvo.points_of_presence()
            if settings.point_of_presence not in known:
                raise CheckFailedError(f"a point of presence {settings.point_of_presence}", ", ".join(known) or "none")
            managers = self._nfvo.managers()
            if not managers.get(MANAGER):
                seen = ", ".join(f"{name} {'up' if up else 'away'}" for name, up in managers.items()) or "none"
                raise CheckFailedError(f"an active VNFM {MANAGER}", seen)
            step.seen = f"{settings.point_of_presence}; {', '.join(managers)}"
        with self.report.step("image and flavor there") as step:
            if self._cloud.image.find_image(settings.image, ignore_missing=True) is None:
                raise CheckFailedError(
                    f"an image {settings.image}",
                    "none; role media_server_image uploads it, verify_media_image names it",
                )
            flavor = self._cloud.compute.find_flavor(settings.flavor, ignore_missing=True)
            if flavor is None:
                raise CheckFailedError(
                    f"a flavor {settings.flavor}", "none; verify_media_flavor names it, cloud_flavors makes it"
                )
            step.seen = f"{settings.image}, {settings.flavor}"
        return Wanted(
            name=self.name,
            point_of_presence=settings.point_of_presence,
            image=settings.image,
            flavor=settings.flavor,
            vcpus=int(flavor.vcpus),
            network=settings.network,
        )

    def _deploy(self, wanted: Wanted) -> Manager:
        with self.report.step("network service on-boarded") as step:
            descriptor_id = self._nfvo.onboard(network_service(wanted))
            self.report.handover["descriptor"] = step.seen = descriptor_id
        with self.report.step("network service active", "status ACTIVE") as step:
            record_id = self._nfvo.instantiate(descriptor_id)
            self.report.handover["record"] = record_id
            self.report.save()
            record = self._wait_for_service(record_id)
            vnfr_id = str(record["vnfr"][0]["id"])
            step.seen = f"record {record_id}"
        self.report.figures["active_seconds"] = self.report.steps[-1].seconds
        return Manager(self._settings.manager_url, vnfr_id)

    def _wait_for_service(self, record_id: str) -> dict[str, Any]:
        seen: dict[str, Any] = {}

        def look() -> dict[str, Any] | None:
            seen.update(self._nfvo.record(record_id) or {"status": "no record"})
            if seen["status"] == "ERROR":
                raise CheckFailedError("status ACTIVE", f"ERROR: {seen.get('task') or 'without a reason'}")
            return seen if seen["status"] == "ACTIVE" else None

        expected = f"network service {self.name} ACTIVE"
        return wait_for(
            look, expected, lambda: f"{seen.get('status')} {seen.get('task', '')}", self._settings.timeout_seconds, 1.0
        )

    def _place(self, manager: Manager, load: Load, wanted: Wanted) -> Session:
        with self.report.step("one media server, empty") as step:
            servers = manager.servers()
            if len(servers) != 1 or servers[0].used or servers[0].capacity != wanted.capacity:
                raise CheckFailedError(f"one media server of {wanted.capacity} points, empty", described(servers))
            step.seen = described(servers)
        with self.report.step("session placed on it") as step:
            session = load.add()
            servers = manager.servers()
            if session is None or servers[0].used != session.points or servers[0].address != session.address:
                raise CheckFailedError("a session on the media server, and its points taken", described(servers))
            consumed = manager.consumed(servers[0].hostname)
            if consumed != session.points:
                raise CheckFailedError(f"CONSUMED_CAPACITY {session.points}", str(consumed))
            step.seen = described(servers)
        return session

    def _speak(self, session: Session) -> None:
        with self.report.step("media server answers ping", "pong") as step:
            media = self._connect(session.address)
            step.seen = media.url
        with media, self.report.step("media pipeline with a WebRTC endpoint made and released") as step:
            pipeline = media.create("MediaPipeline")
            endpoint = media.create("WebRtcEndpoint", mediaPipeline=pipeline)
            media.release(endpoint)
            media.release(pipeline)
            left = [each for each in (pipeline, endpoint) if media.is_known(each)]
            if left:
                raise CheckFailedError("released objects to be gone", f"still known: {', '.join(left)}")
            step.seen = endpoint

    def _connect(self, address: str) -> Kurento:
        """The instance may be active before the program in it listens."""
        reasons = [""]

        def look() -> Kurento | None:
            try:
                media = Kurento(address)
                media.ping()
            except CheckFailedError as error:
                reasons[0] = error.seen
                return None
            return media

        expected = f"pong of the media server at {address}"
        return wait_for(look, expected, lambda: reasons[0], self._settings.timeout_seconds, 1.0)

    def _beat(self, manager: Manager, session: Session) -> None:
        with self.report.step("heartbeats are kept", "a later heartbeat of the session") as step:
            before = manager.session(session.id) or {}
            manager.beat(session.id)
            after = manager.session(session.id) or {}
            if not after or after.get("heartbeat") == before.get("heartbeat") or after.get("missedHeartbeats"):
                raise CheckFailedError("a later heartbeat of the session, none missed", f"{before} then {after}")
            step.seen = f"{after['heartbeat']}, {after['missedHeartbeats']} missed"

    def _end(self, manager: Manager, load: Load, session: Session) -> None:
        with self.report.step("session ended, capacity free again") as step:
            load.end(session)
            servers = manager.servers()
            if manager.session(session.id) is not None or any(each.used for each in servers):
                raise CheckFailedError("no session and no points taken", described(servers))
            step.seen = described(servers)

    def _end_services(self) -> int:
        records = self._nfvo.records_named(PREFIX)
        for record in records:
            self._nfvo.terminate(record)
        for record in records:
            self._wait_until_gone(record)
        for found in self._nfvo.descriptors_named(PREFIX):
            self._nfvo.forget(found)
        return len(records)

    def _wait_until_gone(self, record_id: str) -> None:
        seen: dict[str, Any] = {}

        def look() -> bool | None:
            found = self._nfvo.record(record_id)
            seen.update(found or {})
            return None if found else True

        expected = f"record {record_id} to be gone"
        wait_for(look, expected, lambda: f"{seen.get('status')} {seen.get('task', '')}", self._settings.timeout_seconds)

    def _instances(self) -> list[str]:
        listed = self._cloud.compute.servers(details=False, all_projects=True, name=f"^{self.name}")
        return [str(server.name) for server in listed]

    def _left(self) -> list[str]:
        addresses = sorted(self._floating() - self._addresses)
        return objects.find_all(self._cloud) + [f"floating IP {address}" for address in addresses]

    def _floating(self) -> set[str]:
        return {str(address.floating_ip_address) for address in self._cloud.network.ips()}
