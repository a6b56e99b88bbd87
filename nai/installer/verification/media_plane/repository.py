"""The cloud repository: its on-boarded network service, deployed as another one under a name of this run.

MongoDB is not in Debian. Without a source of it the scripts have to end with what to set; that they ran in the
instance, and how they ended, the orchestrator tells.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from typing import Any

from nai.installer.verification.cloud import wait_for
from nai.installer.verification.errors import CheckFailedError
from nai.installer.verification.media_plane.nfvo import Nfvo
from nai.installer.verification.report import Report

SERVICE = "cloud-repository"
"""Name under which role cloud_repository on-boards it."""

SCRIPT = "install.sh"
WANTED_SETTING = "cloud_repository_mongodb_archive"
"""What the scripts name when MongoDB can be had from nowhere."""

_STORED = frozenset({"id", "hb_version", "projectId", "contentDigest", "createdAt", "updatedAt"})
"""What the orchestrator keeps with a descriptor, and what a copy must not have."""


def renamed(descriptor: Mapping[str, Any], name: str, flavor: str) -> dict[str, Any]:
    """Makes a copy of an on-boarded descriptor, to be on-boarded beside it.

    Args:
        descriptor: As the orchestrator gives it.
        name: Of the copy; its functions' names start with it.
        flavor: Of its instances.
    """
    copy: dict[str, Any] = _without_stored(descriptor)
    copy["name"] = name
    names: dict[str, str] = {}
    for function in copy["vnfd"]:
        names[function["name"]] = f"{name}-{function['type']}"
        function["name"] = names[function["name"]]
        function["deployment_flavour"] = [{"flavour_key": flavor}]
    for dependency in copy.get("vnf_dependency", []):
        for end in ("source", "target"):
            dependency[end] = {"name": names[dependency[end]["name"]]}
    return copy


class Repository:
    """The proof of the generic VNFM and of the agent in the instances."""

    def __init__(self, report: Report, nfvo: Nfvo, name: str, flavor: str, timeout_seconds: float) -> None:
        """Contacts nothing.

        Args:
            report: Gets the steps.
            nfvo: The orchestrator.
            name: Of the network service.
            flavor: Of its instances.
            timeout_seconds: Longest wait for one thing.
        """
        self._report = report
        self._nfvo = nfvo
        self._name = name
        self._flavor = flavor
        self._timeout = timeout_seconds

    def prove(self, *, has_source: bool, port: int) -> None:
        """Deploys it, and looks how its scripts ended in the instance.

        Args:
            has_source: MongoDB can be had: the service has to become active, and to answer.
            port: Where it answers.

        Raises:
            CheckFailedError: It did not end so, or nobody knows what the scripts did.
        """
        with self._report.step("cloud repository on-boarded anew") as step:
            found = self._nfvo.descriptor_named(SERVICE)
            if found is None:
                step.seen = "there is none to prove: role cloud_repository did not run here"
                return
            descriptor_id = self._nfvo.onboard(renamed(found, self._name, self._flavor))
            step.seen = descriptor_id
        if has_source:
            self._deploy_whole(descriptor_id, port)
        else:
            self._deploy_without_source(descriptor_id)

    def _deploy_whole(self, descriptor_id: str, port: int) -> None:
        with self._report.step("cloud repository active and answering", "status ACTIVE") as step:
            record = self._ended(self._nfvo.instantiate(descriptor_id), "ACTIVE")
            address = _address(record)
            try:
                socket.create_connection((address, port), timeout=10).close()
            except OSError as error:
                raise CheckFailedError(f"an answer at {address}:{port}", str(error)) from error
            step.seen = f"{address}:{port}"
        self._look_at_scripts(record, "status 0")

    def _deploy_without_source(self, descriptor_id: str) -> None:
        expected = f"status ERROR, and the words {WANTED_SETTING}: no source of MongoDB is set"
        with self._report.step("cloud repository says that MongoDB needs a source", expected) as step:
            record = self._ended(self._nfvo.instantiate(descriptor_id), "ERROR")
            task = str(record.get("task", ""))
            if WANTED_SETTING not in task:
                raise CheckFailedError(expected, f"ERROR: {task}")
            step.seen = task
        self._look_at_scripts(record, "status 1")

    def _ended(self, record_id: str, wanted: str) -> dict[str, Any]:
        seen: dict[str, Any] = {}

        def look() -> dict[str, Any] | None:
            seen.update(self._nfvo.record(record_id) or {"status": "no record"})
            if seen["status"] in {"ACTIVE", "ERROR"} - {wanted}:
                raise CheckFailedError(f"status {wanted}", f"{seen['status']}: {seen.get('task', '')}")
            return seen if seen["status"] == wanted else None

        expected = f"network service {self._name} {wanted}"
        return wait_for(look, expected, lambda: f"{seen.get('status')} {seen.get('task', '')}", self._timeout, 1.0)

    def _look_at_scripts(self, record: Mapping[str, Any], status: str) -> None:
        expected = f"{SCRIPT} with {status} in the output of the instance"
        with self._report.step("its scripts ran in the instance", expected) as step:
            function = record["vnfr"][0]
            hostname = str(_instance(record).get("hostname"))
            lines = self._nfvo.output(str(record["id"]), str(function["name"]), hostname)
            ran = [line for line in lines if SCRIPT in line and status in line]
            if not ran:
                raise CheckFailedError(expected, "; ".join(lines[-8:]) or "no output")
            step.seen = f"{hostname}: {ran[-1]}"


def _instance(record: Mapping[str, Any]) -> dict[str, Any]:
    units = record["vnfr"][0]["vdu"]
    found: list[dict[str, Any]] = [instance for unit in units for instance in unit.get("vnfc_instance", [])]
    if not found:
        raise CheckFailedError("an instance in the record", "none")
    return found[0]


def _address(record: Mapping[str, Any]) -> str:
    addresses = [str(each["ip"]) for each in _instance(record).get("floatingIps", [])]
    if not addresses:
        raise CheckFailedError("a floating IP of the instance", "none")
    return addresses[0]


def _without_stored(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _without_stored(item) for name, item in value.items() if name not in _STORED}
    if isinstance(value, list):
        return [_without_stored(item) for item in value]
    return value
