#!/usr/bin/python
# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""The address in the public URLs of a service catalogue."""

from __future__ import annotations

DOCUMENTATION = r"""
module: keystone_public_urls
short_description: The address at which the service catalogue's public URLs are
description:
  - Puts O(address) into the URL of every public endpoint; scheme, port and path stay, and so do internal and
    administrative endpoints.
  - Speaks the Identity API v3 with Python's standard library alone, for hosts where no current openstacksdk runs.
version_added: 0.1.0
author: The NAI authors
options:
  auth_url:
    description: Keystone's URL with C(/v3), at its administrative port where it has one.
    type: str
    required: true
  username:
    description: Administrator, in domain Default.
    type: str
    default: admin
  password:
    description: His password.
    type: str
    required: true
  project:
    description: Project in which he is administrator.
    type: str
    default: admin
  address:
    description: Address or name at which clients outside of the cloud reach the services.
    type: str
    required: true
  timeout_seconds:
    description: How long Keystone may take for an answer, in seconds.
    type: int
    default: 30
attributes:
  check_mode:
    description: Can run in check mode and return what it would change.
    support: full
    details: A Keystone that does not answer yet counts as one whose catalogue would change.
  diff_mode:
    description: Returns what changes.
    support: full
"""

EXAMPLES = r"""
- name: Let the service catalogue tell the public address
  nubomedia.nai.keystone_public_urls:
    auth_url: http://192.0.2.10:35357/v3
    password: "{{ keystone_admin_password }}"
    address: 198.51.100.10
"""

RETURN = r"""
changes:
  description: What was changed, or would be, one line each.
  returned: success
  type: list
  elements: str
  sample: ["endpoint http://192.0.2.10:5000/v2.0: http://198.51.100.10:5000/v2.0"]
"""

from ansible.module_utils.basic import AnsibleModule  # noqa: E402
from ansible_collections.nubomedia.nai.plugins.module_utils.identity import Identity, IdentityError  # noqa: E402
from ansible_collections.nubomedia.nai.plugins.module_utils.state_diff import StateDiff  # noqa: E402


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            "auth_url": {"type": "str", "required": True},
            "username": {"type": "str", "default": "admin"},
            "password": {"type": "str", "required": True, "no_log": True},
            "project": {"type": "str", "default": "admin"},
            "address": {"type": "str", "required": True},
            "timeout_seconds": {"type": "int", "default": 30},
        },
        supports_check_mode=True,
    )
    options, diff = module.params, StateDiff()
    identity = Identity(options["auth_url"], options["timeout_seconds"])
    try:
        identity.authenticate(options["username"], options["password"], options["project"])
        for endpoint in identity.public_endpoints():
            wanted = endpoint.at(options["address"])
            if wanted != endpoint.url:
                diff.updated("endpoint", endpoint.url, {"url": endpoint.url}, {"url": wanted})
                if not module.check_mode:
                    identity.set_url(endpoint, wanted)
    except IdentityError as error:
        if not (module.check_mode and error.is_silence):
            module.fail_json(msg=str(error))
        diff.created("public endpoints", options["address"])
    module.exit_json(**diff.result())


if __name__ == "__main__":
    main()
