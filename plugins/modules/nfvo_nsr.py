#!/usr/bin/python
# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""A network service that runs: instantiated, scaled, terminated."""

from __future__ import annotations

DOCUMENTATION = r"""
module: nfvo_nsr
short_description: Running network service of the orchestrator
description:
  - Instantiates a network service descriptor and waits until the record (NSR) is ACTIVE, scales its functions to a
    wanted number of instances, or terminates it.
  - Where a record goes to ERROR, the module fails with the reason that the orchestrator gives in the record's C(task).
version_added: 0.1.0
author: The NAI authors
options:
  state:
    description: V(absent) terminates every record of the descriptor that O(nsd) names and waits until it is gone.
    type: str
    choices: [present, absent]
    default: present
  nsd:
    description: Name or id of the descriptor. A record is known by it.
    type: str
    required: true
  keys:
    description: Names of keys of the orchestrator that instances are made with, besides the infrastructure's own.
    type: list
    elements: str
    default: []
  vdu_vim_instances:
    description: Names of infrastructures for each deployment unit, by the unit's name.
    type: dict
    default: {}
  configurations:
    description: Values of configuration parameters for each function, by the function's name.
    type: dict
    default: {}
  instances:
    description: >-
      Wanted number of instances of a function, by the function's name or type. Functions that are not named keep what
      they have, which autoscaling may change.
    type: dict
    default: {}
  replace_failed:
    description: Whether a record in ERROR is terminated, and the descriptor instantiated anew.
    type: bool
    default: false
  wait:
    description: Whether the module waits for the result. Scaling always waits.
    type: bool
    default: true
  timeout_seconds:
    description: Longest wait for each step.
    type: int
    default: 900
extends_documentation_fragment: [nubomedia.nai.nfvo]
attributes:
  check_mode:
    description: Tells what would change. Where the orchestrator does not answer yet, everything would.
    support: full
  diff_mode:
    description: Shows what differs.
    support: full
"""

EXAMPLES = r"""
- name: Run two media servers
  nubomedia.nai.nfvo_nsr:
    url: http://127.0.0.1:8080
    password: "{{ nfvo_admin_password }}"
    nsd: media
    instances: {media-server: 2}
"""

RETURN = r"""
id:
  description: Id of the record; empty when it is not there (yet).
  returned: when the orchestrator could be asked
  type: str
  sample: 0d3ab2d7-5d0a-4d4c-8d2b-1f4d4c0c7b11
status:
  description: Status of the record; empty when it is not there (yet).
  returned: when the orchestrator could be asked
  type: str
  sample: ACTIVE
changes:
  description: What was (or would be) changed, one line each.
  returned: when the orchestrator could be asked
  type: list
  elements: str
  sample: ["NSR media: created"]
"""

from collections.abc import Callable  # noqa: E402
from functools import partial  # noqa: E402
from typing import Any  # noqa: E402

from ansible.module_utils.basic import AnsibleModule  # noqa: E402
from ansible_collections.nubomedia.nai.plugins.module_utils.nfvo import (  # noqa: E402
    NFVO_ARGUMENTS,
    Nfvo,
    NfvoError,
    run,
)
from ansible_collections.nubomedia.nai.plugins.module_utils.rest import wait  # noqa: E402
from ansible_collections.nubomedia.nai.plugins.module_utils.state_diff import StateDiff  # noqa: E402

COLLECTION = "ns-records"


class Service:
    """The record of a descriptor, and the requests that bring it to what is wanted."""

    def __init__(self, nfvo: Nfvo, params: dict[str, Any], check_mode: bool) -> None:
        """Finds the descriptor and its records."""
        self.nfvo = nfvo
        self.params = params
        self.check_mode = check_mode
        self.diff = StateDiff()
        wanted = params["nsd"]
        listed = nfvo.get("ns-descriptors") or []
        self.nsd: dict[str, Any] | None = next((item for item in listed if wanted in (item["id"], item["name"])), None)
        known = {wanted, *((self.nsd["id"], self.nsd["name"]) if self.nsd else ())}
        records = nfvo.get(COLLECTION) or []
        self.records = [item for item in records if {item.get("descriptor_reference"), item.get("name")} & known]
        self.name = (self.nsd or {}).get("name") or wanted

    @property
    def have(self) -> dict[str, Any] | None:
        """The record; the first one that is not in ERROR where there are several."""
        return min(self.records, key=lambda item: item.get("status") == "ERROR", default=None)

    def ensure(self) -> None:
        """Instantiates and scales.

        Raises:
            NfvoError: It went to ERROR, or was not ready in time.
        """
        have = self.have
        if have is not None and have.get("status") == "ERROR":
            if not self.params["replace_failed"]:
                raise self._failed(have)
            self.remove()
            have = None
        if have is None:
            self._instantiate()
        elif self.params["wait"] and not self.check_mode:
            self._wait_until_active(have["id"])
        for function, number in sorted(self.params["instances"].items()):
            self._scale(function, int(number))

    def remove(self) -> None:
        """Terminates every record and waits until it is gone."""
        for record in self.records:
            self.diff.removed("NSR", f"{self.name} ({record.get('status')})")
            if not self.check_mode:
                self.nfvo.delete(COLLECTION, record["id"])
                if self.params["wait"]:
                    self._wait(f"NSR {self.name} is terminated", partial(self._is_gone, record["id"]))
        self.records = []

    def _instantiate(self) -> None:
        self.diff.created("NSR", self.name)
        if self.nsd is None:
            if self.check_mode:  # it may be on-boarded by the task before
                return
            raise NfvoError(f"there is no network service descriptor {self.name}; on-board it first (nfvo_nsd)")
        if self.check_mode:
            return
        body = {
            "keys": self.params["keys"],
            "vduVimInstances": self.params["vdu_vim_instances"],
            "configurations": {
                function: {
                    "name": function,
                    "configurationParameters": [{"confKey": key, "value": str(item)} for key, item in values.items()],
                }
                for function, values in self.params["configurations"].items()
            },
        }
        record = self.nfvo.post(COLLECTION, self.nsd["id"], body=body)
        self.records = [record]
        if self.params["wait"]:
            self._wait_until_active(record["id"])

    def _scale(self, function: str, wanted: int) -> None:
        """Adds or removes instances one at a time, as the orchestrator takes it."""
        record = self.have
        if record is None:  # only in check mode: it is yet to be made
            return
        vnfr = self._function(record, function)
        number = _instances(vnfr)
        if number == wanted:
            return
        self.diff.updated("function", function, {"instances": number}, {"instances": wanted})
        if self.check_mode:
            return
        path = (COLLECTION, record["id"], "vnfrecords", vnfr["id"], "vdunits", "vnfcinstances")
        while number != wanted:
            if number < wanted:
                self.nfvo.post(*path, body=_component(vnfr))
                number += 1
            else:
                self.nfvo.request("DELETE", path)
                number -= 1
            self._wait(
                f"function {function} of NSR {self.name} has {number} instances",
                partial(self._has, record["id"], function, number),
            )

    def _function(self, record: dict[str, Any], name: str) -> dict[str, Any]:
        functions: list[dict[str, Any]] = record.get("vnfr") or []
        for function in functions:
            if name in (function.get("name"), function.get("type")):
                return function
        known = ", ".join(sorted(str(function.get("name")) for function in functions)) or "none"
        raise NfvoError(f"NSR {self.name} has no function {name}; there are {known}")

    def _has(self, record_id: str, function: str, number: int) -> bool:
        record = self._active(record_id)
        return record is not None and _instances(self._function(record, function)) == number

    def _wait_until_active(self, record_id: str) -> None:
        self._wait(f"NSR {self.name} is ACTIVE", lambda: self._active(record_id) is not None)

    def _active(self, record_id: str) -> dict[str, Any] | None:
        """Reads the record; None while it is not ACTIVE.

        Raises:
            NfvoError: It is in ERROR.
        """
        record: dict[str, Any] = self.nfvo.get(COLLECTION, record_id)
        self.records = [record]
        if record.get("status") == "ERROR":
            raise self._failed(record)
        return record if record.get("status") == "ACTIVE" else None

    def _is_gone(self, record_id: str) -> bool:
        try:
            record = self.nfvo.get(COLLECTION, record_id)
        except NfvoError as error:
            if error.status == 404:
                return True
            raise
        if record.get("status") == "ERROR" and "delete" in str(record.get("task", "")).lower():
            raise self._failed(record)
        return False

    def _failed(self, record: dict[str, Any]) -> NfvoError:
        reasons = [str(record.get("task") or "")]
        reasons += [
            f"{function.get('name')}: {function['task']}"
            for function in record.get("vnfr") or []
            if function.get("status") == "ERROR" and function.get("task")
        ]
        said = "; ".join(dict.fromkeys(reason for reason in reasons if reason)) or "the orchestrator gives no reason"
        return NfvoError(f"NSR {self.name} ({record['id']}) is in ERROR: {said}")

    def _wait(self, what: str, holds: Callable[[], bool]) -> None:
        def state() -> str:
            record = self.have or {}
            return f"status {record.get('status')}, task {record.get('task') or 'none'}"

        wait(what, self.params["timeout_seconds"], holds, state)


def _instances(vnfr: dict[str, Any]) -> int:
    return sum(len(unit.get("vnfc_instance") or []) for unit in vnfr.get("vdu") or [])


def _component(vnfr: dict[str, Any]) -> dict[str, Any]:
    """A further component like the first one of the function, without what identifies that one."""
    components = [item for unit in vnfr.get("vdu") or [] for item in unit.get("vnfc") or []]
    points = components[0].get("connection_point") or [] if components else []
    kept = [{key: item for key, item in point.items() if key not in ("id", "version")} for point in points]
    return {"connection_point": kept}


def main() -> None:
    """Runs the module."""
    module = AnsibleModule(
        argument_spec={
            **NFVO_ARGUMENTS,
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "nsd": {"type": "str", "required": True},
            # Names of keys, no keys.
            "keys": {"type": "list", "elements": "str", "default": [], "no_log": False},
            "vdu_vim_instances": {"type": "dict", "default": {}},
            "configurations": {"type": "dict", "default": {}},
            "instances": {"type": "dict", "default": {}},
            "replace_failed": {"type": "bool", "default": False},
            "wait": {"type": "bool", "default": True},
            "timeout_seconds": {"type": "int", "default": 900},
        },
        supports_check_mode=True,
    )

    def body(nfvo: Nfvo) -> dict[str, Any]:
        service = Service(nfvo, module.params, module.check_mode)
        if module.params["state"] == "present":
            service.ensure()
        else:
            service.remove()
        record = service.have or {}
        result: dict[str, Any] = service.diff.result(id=record.get("id", ""), status=record.get("status", ""))
        return result

    run(module, body)


if __name__ == "__main__":
    main()
