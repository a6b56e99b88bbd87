#!/usr/bin/python
# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Keystone's services, endpoints, projects, roles, users and role assignments as one state."""

from __future__ import annotations

DOCUMENTATION = r"""
module: keystone_catalog
short_description: Services, endpoints, projects, roles and users of Keystone in one call
description:
  - Lists what Keystone has once, compares it here, and requests only what differs.
  - A user's password is checked by asking for a token with it, and set only if Keystone refuses it. A second
    run therefore changes nothing, and a password that somebody changed by hand is put back.
  - What is not named stays as it is. Of several endpoints for one service, interface and region, one remains.
version_added: 0.1.0
author: The NAI authors
options:
  cloud:
    description: Cloud of O(clouds_file) whose credentials are used; they need the role admin.
    type: str
    default: nai
  clouds_file:
    description: The clouds.yaml to read. Environment variables and other files are not looked at.
    type: path
    default: /etc/openstack/clouds.yaml
  state:
    description: V(absent) removes the named services with their endpoints, users, projects and roles.
    type: str
    choices: [present, absent]
    default: present
  region:
    description: Region of the endpoints; made when it is missing.
    type: str
    default: RegionOne
  services:
    description: Services by name.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Name, e.g. V(glance).
        type: str
        required: true
      type:
        description: Service type, e.g. V(image). Required for O(state=present).
        type: str
      description:
        description: Text for people.
        type: str
        default: ""
      endpoints:
        description: URL per interface; keys V(public), V(internal), V(admin).
        type: dict
        default: {}
  projects:
    description: Projects by name.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Name.
        type: str
        required: true
      description:
        description: Text for people.
        type: str
        default: ""
      domain:
        description: Name of the domain.
        type: str
        default: Default
  roles:
    description: Names of roles.
    type: list
    elements: str
    default: []
  users:
    description: Users by name and domain.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Name.
        type: str
        required: true
      password:
        description: The password that must work. Required for O(state=present).
        type: str
      project:
        description: Project on which the user has O(users[].roles).
        type: str
      roles:
        description: Names of the user's roles on O(users[].project). Further ones that he has are left.
        type: list
        elements: str
        default: []
      domain:
        description: Name of the domain of user and project.
        type: str
        default: Default
attributes:
  check_mode:
    description: >-
      Tells what would change. Where the SDK, the credentials or Keystone are not there yet, everything would.
    support: full
  diff_mode:
    description: Shows what differs; never a password.
    support: full
"""

EXAMPLES = r"""
- name: Register the image service
  nubomedia.nai.keystone_catalog:
    region: RegionOne
    services:
      - name: glance
        type: image
        description: Images
        endpoints:
          public: http://192.0.2.10:9292
          internal: http://192.0.2.10:9292
          admin: http://192.0.2.10:9292
    projects:
      - name: service
    roles: [service]
    users:
      - name: glance
        password: "{{ glance_service_password }}"
        project: service
        roles: [admin, service]
"""

RETURN = r"""
changes:
  description: What was (or would be) changed, one line each, without secrets.
  returned: when the cloud could be asked
  type: list
  elements: str
  sample: ["service glance: created"]
"""

import concurrent.futures  # noqa: E402
from typing import Any  # noqa: E402

try:
    from keystoneauth1.exceptions import Unauthorized
    from keystoneauth1.identity.v3 import Password
except ImportError:  # `run` says so, or in check mode goes on
    Password = Unauthorized = None

from ansible.module_utils.basic import AnsibleModule  # noqa: E402
from ansible_collections.nubomedia.nai.plugins.module_utils.openstack import (  # noqa: E402
    CLOUD_ARGUMENTS,
    CloudError,
    call,
    pages,
    run,
)
from ansible_collections.nubomedia.nai.plugins.module_utils.state_diff import StateDiff  # noqa: E402

INTERFACES = ("public", "internal", "admin")


class Catalogue:
    """What Keystone has, indexed once, and the requests that bring it to what is wanted."""

    def __init__(self, connection: Any, params: dict[str, Any], check_mode: bool) -> None:
        """Reads everything that the parameters speak of."""
        self.connection = connection
        self.client = connection.identity
        self.params = params
        self.check_mode = check_mode
        self.diff = StateDiff()
        wanted_domains = {item["domain"] for item in params["users"] + params["projects"]}
        self.domains = {item["name"]: item["id"] for item in pages(self.client, "/domains", "domains")}
        missing = sorted(wanted_domains - set(self.domains))
        if missing:
            raise CloudError(f"domain {', '.join(missing)} does not exist; known are {', '.join(sorted(self.domains))}")
        self.services = {item["name"]: item for item in pages(self.client, "/services", "services")}
        self.endpoints = pages(self.client, "/endpoints", "endpoints")
        self.projects = self._by_domain("projects")
        self.users = self._by_domain("users")
        self.roles = {item["name"]: item["id"] for item in pages(self.client, "/roles", "roles")}

    def _by_domain(self, kind: str) -> dict[tuple[str, str], dict[str, Any]]:
        names = {identifier: name for name, identifier in self.domains.items()}
        return {
            (names.get(item["domain_id"], item["domain_id"]), item["name"]): item
            for item in pages(self.client, f"/{kind}", kind)
        }

    def _request(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        return {} if self.check_mode else call(self.client, method, path, body)

    def _create(self, kind: str, key: str, body: dict[str, Any]) -> dict[str, Any]:
        """Creates one object; in check mode answers with what it would be."""
        made = self._request("POST", f"/{kind}", {key: body}).get(key)
        return made if made else {"id": f"new-{kind}", **body}

    def ensure(self) -> None:
        """Brings everything to the wanted state; order matters, later objects refer to earlier ones."""
        self._ensure_region()
        for service in self.params["services"]:
            self._ensure_service(service)
        for project in self.params["projects"]:
            self._ensure_project(project)
        for role in self.params["roles"]:
            if role not in self.roles:
                self.roles[role] = self._create("roles", "role", {"name": role})["id"]
                self.diff.created("role", role)
        self._ensure_users()

    def _ensure_region(self) -> None:
        region = self.params["region"]
        if not self.params["services"] or any(item["region_id"] == region for item in self.endpoints):
            return
        if region not in {item["id"] for item in pages(self.client, "/regions", "regions")}:
            self._create("regions", "region", {"id": region})
            self.diff.created("region", region)

    def _ensure_service(self, wanted: dict[str, Any]) -> None:
        name = wanted["name"]
        body = {"name": name, "type": wanted["type"], "description": wanted["description"]}
        have = self.services.get(name)
        if have is None:
            have = self._create("services", "service", body)
            self.diff.created("service", name)
        else:
            changes = {key: value for key, value in body.items() if (have.get(key) or "") != value}
            if changes:
                self._request("PATCH", f"/services/{have['id']}", {"service": changes})
                self.diff.updated("service", name, have, changes)
        for interface in INTERFACES:
            if interface in wanted["endpoints"]:
                self._ensure_endpoint(name, have["id"], interface, wanted["endpoints"][interface])

    def _ensure_endpoint(self, service: str, service_id: str, interface: str, url: str) -> None:
        region = self.params["region"]
        label = f"{service} {interface} in {region}"
        same = [
            item
            for item in self.endpoints
            if (item["service_id"], item["interface"], item["region_id"]) == (service_id, interface, region)
        ]
        if not same:
            body = {"service_id": service_id, "interface": interface, "region_id": region, "url": url}
            self._create("endpoints", "endpoint", body)
            self.diff.created("endpoint", f"{label} {url}")
            return
        keep = next((item for item in same if item["url"] == url and item.get("enabled", True)), same[0])
        changes = {
            key: value
            for key, value in {"url": url, "enabled": True}.items()
            if keep.get(key, True if key == "enabled" else None) != value
        }
        if changes:
            self._request("PATCH", f"/endpoints/{keep['id']}", {"endpoint": changes})
            self.diff.updated("endpoint", label, keep, changes)
        for item in same:
            if item is not keep:
                self._request("DELETE", f"/endpoints/{item['id']}")
                self.diff.removed("endpoint", f"{label} {item['url']} (second one)")

    def _ensure_project(self, wanted: dict[str, Any]) -> None:
        key = (wanted["domain"], wanted["name"])
        have = self.projects.get(key)
        if have is None:
            body = {
                "name": wanted["name"],
                "description": wanted["description"],
                "domain_id": self.domains[wanted["domain"]],
            }
            self.projects[key] = self._create("projects", "project", body)
            self.diff.created("project", wanted["name"])
            return
        target: dict[str, Any] = {"enabled": True}
        if wanted["description"]:
            target["description"] = wanted["description"]
        changes = {name: value for name, value in target.items() if have.get(name) != value}
        if changes:
            self._request("PATCH", f"/projects/{have['id']}", {"project": changes})
            self.diff.updated("project", wanted["name"], have, changes)

    def _ensure_users(self) -> None:
        wanted = self.params["users"]
        existing = [user for user in wanted if (user["domain"], user["name"]) in self.users]
        # Keystone hashes for a quarter of a second per password: ask for all tokens at once.
        with concurrent.futures.ThreadPoolExecutor(max_workers=4) as pool:
            works = dict(
                zip(
                    [(user["domain"], user["name"]) for user in existing],
                    pool.map(self._works, existing),
                    strict=True,
                )
            )
        for user in wanted:
            self._ensure_user(user, works.get((user["domain"], user["name"]), False))
        assigned = self._assignments() if any(user["project"] for user in wanted) else set()
        for user in wanted:
            self._ensure_roles(user, assigned)

    def _works(self, user: dict[str, Any]) -> bool:
        """Tells whether Keystone gives a token for the user's password."""
        if not self.users[(user["domain"], user["name"])].get("enabled", True):
            return False
        auth = Password(
            auth_url=self.connection.config.config["auth"]["auth_url"],
            username=user["name"],
            password=user["password"],
            user_domain_name=user["domain"],
            unscoped=True,
        )
        try:
            auth.get_access(self.connection.session)
        except Unauthorized:
            return False
        return True

    def _ensure_user(self, wanted: dict[str, Any], password_works: bool) -> None:
        key = (wanted["domain"], wanted["name"])
        have = self.users.get(key)
        secret = {"password": wanted["password"], "enabled": True}
        if have is None:
            body = {"name": wanted["name"], "domain_id": self.domains[wanted["domain"]], **secret}
            # The answer never holds the password; in check mode only the id is kept.
            self.users[key] = {"id": self._create("users", "user", body)["id"]}
            self.diff.created("user", wanted["name"])
        elif not password_works:
            self._request("PATCH", f"/users/{have['id']}", {"user": secret})
            self.diff.updated(
                "user",
                wanted["name"],
                {"password": "(refused by Keystone)", "enabled": have.get("enabled", True)},
                {"password": "(set)", "enabled": True},
            )

    def _assignments(self) -> set[tuple[str, str, str]]:
        """Returns (user id, project id, role id) of every direct assignment on a project."""
        return {
            (item["user"]["id"], item["scope"]["project"]["id"], item["role"]["id"])
            for item in pages(self.client, "/role_assignments", "role_assignments")
            if "user" in item and "project" in item.get("scope", {})
        }

    def _ensure_roles(self, user: dict[str, Any], assigned: set[tuple[str, str, str]]) -> None:
        if not user["project"]:
            return
        project = self.projects.get((user["domain"], user["project"]))
        if project is None:
            raise CloudError(f"project {user['project']} of user {user['name']} does not exist; add it to projects")
        user_id = self.users[(user["domain"], user["name"])]["id"]
        for role in user["roles"]:
            if role not in self.roles:
                raise CloudError(f"role {role} of user {user['name']} does not exist; add it to roles")
            if (user_id, project["id"], self.roles[role]) not in assigned:
                self._request("PUT", f"/projects/{project['id']}/users/{user_id}/roles/{self.roles[role]}")
                self.diff.created("role assignment", f"{user['name']} is {role} on {user['project']}")

    def remove(self) -> None:
        """Removes what is named; endpoints go with their service, assignments with their user or project."""
        for kind, known in (("users", self.users), ("projects", self.projects)):
            for item in self.params[kind]:
                have = known.get((item["domain"], item["name"]))
                if have:
                    self._request("DELETE", f"/{kind}/{have['id']}")
                    self.diff.removed(kind[:-1], item["name"])
        for role in self.params["roles"]:
            if role in self.roles:
                self._request("DELETE", f"/roles/{self.roles[role]}")
                self.diff.removed("role", role)
        for service in self.params["services"]:
            have = self.services.get(service["name"])
            if have:
                self._request("DELETE", f"/services/{have['id']}")
                self.diff.removed("service", service["name"])


ARGUMENTS: dict[str, dict[str, Any]] = {
    **CLOUD_ARGUMENTS,
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "region": {"type": "str", "default": "RegionOne"},
    "services": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "name": {"type": "str", "required": True},
            "type": {"type": "str"},
            "description": {"type": "str", "default": ""},
            "endpoints": {"type": "dict", "default": {}},
        },
    },
    "projects": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "name": {"type": "str", "required": True},
            "description": {"type": "str", "default": ""},
            "domain": {"type": "str", "default": "Default"},
        },
    },
    "roles": {"type": "list", "elements": "str", "default": []},
    "users": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "name": {"type": "str", "required": True},
            "password": {"type": "str", "no_log": True},
            "project": {"type": "str"},
            "roles": {"type": "list", "elements": "str", "default": []},
            "domain": {"type": "str", "default": "Default"},
        },
    },
}


def complaint(params: dict[str, Any]) -> str | None:
    """Says what the parameters lack for their state, or None."""
    for service in params["services"]:
        unknown = sorted(set(service["endpoints"]) - set(INTERFACES))
        if unknown:
            return f"service {service['name']}: endpoints has {', '.join(unknown)}; use {', '.join(INTERFACES)}"
        if params["state"] == "present" and not service["type"]:
            return f"service {service['name']}: type is missing, e.g. image"
    for user in params["users"]:
        if params["state"] == "present" and not user["password"]:
            return f"user {user['name']}: password is missing or empty"
    return None


def main() -> None:
    """Runs the module."""
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True)
    problem = complaint(module.params)
    if problem:
        module.fail_json(msg=problem)

    def body(connection: Any) -> Any:
        catalogue = Catalogue(connection, module.params, module.check_mode)
        if module.params["state"] == "present":
            catalogue.ensure()
        else:
            catalogue.remove()
        return catalogue.diff.result()

    run(module, body)


if __name__ == "__main__":
    main()
