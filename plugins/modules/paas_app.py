#!/usr/bin/python
# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""An application of the PaaS manager: deployed, changed, deleted."""

from __future__ import annotations

DOCUMENTATION = r"""
module: paas_app
short_description: Application of the PaaS manager
description:
  - Deploys an application and waits until it is RUNNING, changes the number of its containers, builds it anew, or
    deletes it and waits until nothing is left of it.
  - Anything but O(replicas) and O(revision) is set when an application is made. Where it differs, the module fails and
    says what differs, unless O(recreate) is set.
  - Where an application is FAILED, the module fails with the reason that the PaaS manager gives.
version_added: 0.1.0
author: The NAI authors
options:
  state:
    description: Whether the application is there.
    type: str
    choices: [present, absent]
    default: present
  project:
    description: Name of the project.
    type: str
    required: true
  revision:
    description: >-
      A text that says which source it is, a commit for instance. Where the application has another one, it is built
      and deployed anew.
    type: str
  recreate:
    description: Whether an application that differs is deleted and deployed anew, with other media servers.
    type: bool
    default: false
  redeploy_failed:
    description: Whether an application that is FAILED is built and deployed anew.
    type: bool
    default: false
  wait:
    description: Whether the module waits for the result.
    type: bool
    default: true
  wait_seconds:
    description: Longest wait for each step.
    type: int
    default: 3600
extends_documentation_fragment: [nubomedia.nai.paas_application, nubomedia.nai.paas]
attributes:
  check_mode:
    description: Tells what would change. Where the PaaS manager does not answer yet, everything would.
    support: full
  diff_mode:
    description: Shows what differs; of variables their names only, and no password.
    support: full
"""

EXAMPLES = r"""
- name: Deploy an application
  nubomedia.nai.paas_app:
    url: http://127.0.0.1:8081
    password: "{{ paas_admin_password }}"
    project: media
    name: mirror
    git_url: https://git.example.org/media/mirror.git
    ports: [{port: 8443}]
    flavor: MEDIUM
    scale_out_limit: 4

- name: Deploy what a file describes
  nubomedia.nai.paas_app:
    url: http://127.0.0.1:8081
    password: "{{ paas_admin_password }}"
    project: media
    definition: "{{ lookup('file', 'app.json') | from_json }}"
"""

RETURN = r"""
id:
  description: Id of the application; empty when there is none (yet).
  returned: when the PaaS manager could be asked
  type: str
  sample: 0d3ab2d7-5d0a-4d4c-8d2b-1f4d4c0c7b11
status:
  description: Status of the application; empty when there is none (yet).
  returned: when the PaaS manager could be asked
  type: str
  sample: RUNNING
route:
  description: Name of the host that it is reached at; empty when there is none (yet).
  returned: when the PaaS manager could be asked
  type: str
  sample: a1b2c3d4e.apps.example.org
address:
  description: The same as a URL.
  returned: when the PaaS manager could be asked
  type: str
  sample: https://a1b2c3d4e.apps.example.org
changes:
  description: What was (or would be) changed, one line each.
  returned: when the PaaS manager could be asked
  type: list
  elements: str
  sample: ["application mirror: created"]
"""

from functools import partial  # noqa: E402
from typing import Any  # noqa: E402

from ansible.module_utils.basic import AnsibleModule  # noqa: E402
from ansible_collections.nubomedia.nai.plugins.module_utils.paas import (  # noqa: E402
    APPLICATION_OPTIONS,
    FIELDS,
    PAAS_ARGUMENTS,
    Applications,
    application,
    link,
    run_in_project,
    set_fields,
    shown,
)
from ansible_collections.nubomedia.nai.plugins.module_utils.rest import RestError, wait  # noqa: E402
from ansible_collections.nubomedia.nai.plugins.module_utils.state_diff import StateDiff  # noqa: E402

BEING_DELETED = "Is being deleted"
"""What the PaaS manager says of an application that is going."""

NOT_COMPARED = ("replicasNumber", "revision", "turnServerPassword")
"""Fields that change without a new application, or are not given back."""


class App:
    """The application of a name, and the requests that bring it to what is wanted."""

    def __init__(self, paas: Applications, params: dict[str, Any], check_mode: bool) -> None:
        """Lists the project's applications."""
        self.paas = paas
        self.params = params
        self.check_mode = check_mode
        self.diff = StateDiff()
        known = {*FIELDS.values(), "revision"}
        document = application(params["definition"], params)
        # What a marketplace says besides (who offers it, for instance) is nothing to a PaaS manager.
        self.wanted = {field: value for field, value in document.items() if field in known}
        if params["revision"] is not None:
            self.wanted["revision"] = params["revision"]
        self.name = self.wanted.get("name") or ""
        if not self.name:
            raise RestError("name is needed, as an option or in definition")
        listed = paas.get("app") or []
        found = [each for each in listed if each.get("name") == self.name and self._is_of_project(each)]
        self.have: dict[str, Any] | None = found[0] if found else None

    def ensure(self) -> None:
        """Deploys, changes, builds anew.

        Raises:
            RestError: It is FAILED, differs, or was not ready in time.
        """
        if self.have is not None and self.have.get("statusReason") == BEING_DELETED:
            self._wait_until_gone(self.have["id"])
            self.have = None
        if self.have is None:
            self._deploy()
            return
        if differing := set_fields(self.have, {k: v for k, v in self.wanted.items() if k not in NOT_COMPARED}):
            self._make_again(differing)
            return
        if not self._build_again():
            self._wait_until_running()
        self._resize()

    def remove(self) -> None:
        """Deletes it and waits until nothing is left."""
        have, self.have = self.have, None
        if have is None:
            return
        self.diff.removed("application", self.name)
        if not self.check_mode:
            self.paas.delete("app", have["id"])
            self._wait_until_gone(have["id"])

    def _is_of_project(self, each: dict[str, Any]) -> bool:
        # From the administrators' project those of all projects are seen.
        return (
            each.get("projectName") in (None, self.params["project"]) or each.get("projectId") == self.params["project"]
        )

    def _deploy(self) -> None:
        self.diff.created("application", self.name, shown(self.wanted))
        if not self.check_mode:
            self.have = self.paas.post("app", body=self.wanted)["app"]
            self._wait_until_running()

    def _make_again(self, differing: dict[str, Any]) -> None:
        if not self.params["recreate"]:
            names = ", ".join(sorted(differing))
            raise RestError(
                f"application {self.name} differs in {names}, which is set when it is made; "
                "with recreate it is deleted and deployed anew"
            )
        self.diff.updated("application", self.name, shown(self.have or {}), shown(differing))
        if not self.check_mode:
            old, self.have = self.have or {}, None
            self.paas.delete("app", old["id"])
            self._wait_until_gone(old["id"], always=True)
            self.have = self.paas.post("app", body=self.wanted)["app"]
            self._wait_until_running()

    def _build_again(self) -> bool:
        """Builds it anew where it is another revision, or FAILED; returns whether that is so."""
        have = self.have or {}
        revision = self.wanted.get("revision")
        another = revision is not None and have.get("revision") != revision
        if not another and not (have.get("status") == "FAILED" and self.params["redeploy_failed"]):
            return False
        now = {"revision": revision} if another else {"status": "RUNNING"}
        self.diff.updated("application", self.name, have, now)
        if not self.check_mode:
            if not self._is_idle(have):
                self._wait_until_running(fails=False)
            body = {"revision": revision} if revision is not None else {}
            self.have = self.paas.post("app", have["id"], "redeploy", body=body)
            self._wait_until_running()
        return True

    def _resize(self) -> None:
        have, replicas = self.have or {}, self.wanted.get("replicasNumber")
        if replicas is None or have.get("replicasNumber") == replicas:
            return
        self.diff.updated("application", self.name, have, {"replicasNumber": replicas})
        if not self.check_mode:
            self._wait_until_running(always=True)
            body = {"replicasNumber": replicas}
            self.have = self.paas.request("PUT", ("app", have["id"], "replicas"), body)
            self._wait_until_running()

    def _is_idle(self, have: dict[str, Any]) -> bool:
        return have.get("status") in ("RUNNING", "FAILED")

    def _wait_until_running(self, *, always: bool = False, fails: bool = True) -> None:
        if self.check_mode or not (self.params["wait"] or always or not fails):
            return

        def runs() -> bool:
            self.have = self.paas.get("app", (self.have or {})["id"])
            status = self.have.get("status")
            if status == "FAILED" and fails:
                reason = self.have.get("statusReason") or "the PaaS manager gives no reason"
                raise RestError(f"application {self.name} ({self.have['id']}) is FAILED: {reason}")
            return status in ("RUNNING", "FAILED")

        wait(f"application {self.name} is RUNNING", self.params["wait_seconds"], runs, self._state)

    def _wait_until_gone(self, identifier: str, *, always: bool = False) -> None:
        if not self.check_mode and (self.params["wait"] or always):
            gone = partial(self._is_gone, identifier)
            wait(f"application {self.name} is gone", self.params["wait_seconds"], gone, self._state)

    def _is_gone(self, identifier: str) -> bool:
        try:
            self.paas.get("app", identifier)
        except RestError as error:
            if error.status == 404:
                return True
            raise
        return False

    def _state(self) -> str:
        have = self.have or {}
        return f"status {have.get('status')}, reason {have.get('statusReason') or 'none'}"


def main() -> None:
    """Runs the module."""
    module = AnsibleModule(
        argument_spec={
            **PAAS_ARGUMENTS,
            **APPLICATION_OPTIONS,
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "project": {"type": "str", "required": True},
            "revision": {"type": "str"},
            "recreate": {"type": "bool", "default": False},
            "redeploy_failed": {"type": "bool", "default": False},
            "wait": {"type": "bool", "default": True},
            "wait_seconds": {"type": "int", "default": 3600},
        },
        supports_check_mode=True,
    )

    def body(paas: Applications) -> dict[str, Any]:
        app = App(paas, module.params, module.check_mode)
        if module.params["state"] == "present":
            app.ensure()
        else:
            app.remove()
        have = app.have or {}
        route = have.get("route") or ""
        result: dict[str, Any] = app.diff.result(
            id=have.get("id", ""), status=have.get("status", ""), route=route, address=link(route)
        )
        return result

    run_in_project(module, body)


if __name__ == "__main__":
    main()
