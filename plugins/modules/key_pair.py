#!/usr/bin/python
# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""A key pair: the private half on this host, the public half in Nova."""

from __future__ import annotations

DOCUMENTATION = r"""
module: key_pair
short_description: Key pair whose private half stays on this host
description:
  - Makes an Ed25519 key with C(ssh-keygen) where there is none, and registers its public half in Nova for the user of
    the credentials. A registered key of that name which is another one is replaced.
  - The private half never leaves the host.
version_added: 0.1.0
author: The NAI authors
options:
  cloud:
    description: Cloud of O(clouds_file) whose credentials are used; the key pair is their user's.
    type: str
    default: nai
  clouds_file:
    description: The clouds.yaml to read.
    type: path
    default: /etc/openstack/clouds.yaml
  state:
    description: V(absent) removes the key pair from Nova; the file stays.
    type: str
    choices: [present, absent]
    default: present
  name:
    description: Name of the key pair in Nova.
    type: str
    required: true
  private_key_file:
    description: >-
      File of the private key, made with mode 0600 for the user that the module runs as. Required for O(state=present).
    type: path
attributes:
  check_mode:
    description: >-
      Tells what would change. Where the SDK, the credentials or Nova are not there yet, everything would.
    support: full
  diff_mode:
    description: Shows what differs; of a key its fingerprint.
    support: full
"""

EXAMPLES = r"""
- name: Register the key of the media servers
  nubomedia.nai.key_pair:
    name: nubomedia
    private_key_file: /etc/nai/nubomedia.key
"""

RETURN = r"""
public_key:
  description: The public key in OpenSSH's one-line form; empty when it is not there (yet).
  returned: when the cloud could be asked
  type: str
  sample: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOZ0… nubomedia
changes:
  description: What was (or would be) changed, one line each.
  returned: when the cloud could be asked
  type: list
  elements: str
  sample: ["key pair nubomedia: created"]
"""

import base64  # noqa: E402
import hashlib  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from ansible.module_utils.basic import AnsibleModule  # noqa: E402
from ansible_collections.nubomedia.nai.plugins.module_utils.openstack import (  # noqa: E402
    CLOUD_ARGUMENTS,
    CloudError,
    call,
    pages,
    run,
)
from ansible_collections.nubomedia.nai.plugins.module_utils.state_diff import StateDiff  # noqa: E402

MODE = 0o600


class KeyPair:
    """The file and what Nova has under the name."""

    def __init__(self, client: Any, module: Any) -> None:
        """Reads the key pairs of the user."""
        self.client = client
        self.module = module
        self.name = module.params["name"]
        self.diff = StateDiff()
        self.public_key = ""
        listed = [item["keypair"] for item in pages(client, "/os-keypairs", "keypairs")]
        self.have: dict[str, Any] | None = next((item for item in listed if item["name"] == self.name), None)

    def ensure(self) -> None:
        """Makes the private key where there is none, and registers its public half."""
        path = Path(self.module.params["private_key_file"])
        if not path.exists():
            self.diff.created("private key", str(path))
            if self.module.check_mode:
                self._note_registration()
                return
            self._keygen("-q", "-t", "ed25519", "-N", "", "-C", self.name, "-f", str(path))
        elif path.stat().st_mode & 0o777 != MODE:
            self.diff.updated("private key", str(path), {"mode": oct(path.stat().st_mode & 0o777)}, {"mode": oct(MODE)})
            if not self.module.check_mode:
                path.chmod(MODE)
        self.public_key = self._keygen("-y", "-f", str(path)).strip()
        if self.have is not None and _itself(self.have["public_key"]) == _itself(self.public_key):
            return
        self._note_registration()
        if not self.module.check_mode:
            if self.have is not None:
                call(self.client, "DELETE", f"/os-keypairs/{self.name}")
            body = {"keypair": {"name": self.name, "public_key": self.public_key}}
            call(self.client, "POST", "/os-keypairs", body)

    def remove(self) -> None:
        """Removes it from Nova."""
        if self.have is not None:
            self.diff.removed("key pair", self.name)
            if not self.module.check_mode:
                call(self.client, "DELETE", f"/os-keypairs/{self.name}")

    def _note_registration(self) -> None:
        new = {"fingerprint": _fingerprint(self.public_key)}
        if self.have is None:
            self.diff.created("key pair", self.name, new)
        else:
            self.diff.updated("key pair", self.name, {"fingerprint": _fingerprint(self.have["public_key"])}, new)

    def _keygen(self, *arguments: str) -> str:
        status, output, error = self.module.run_command(["ssh-keygen", *arguments])
        if status:
            raise CloudError(f"ssh-keygen {' '.join(arguments[:2])}: {error.strip() or output.strip()}")
        return str(output)


def _itself(line: str) -> list[str]:
    """Type and key, without the comment."""
    return line.split()[:2]


def _fingerprint(line: str) -> str:
    """OpenSSH's fingerprint of a public key; words for one that is yet to be made."""
    words = line.split()
    if len(words) < 2:
        return "of a new key"
    found = hashlib.sha256(base64.b64decode(words[1])).digest()
    return f"SHA256:{base64.b64encode(found).decode().rstrip('=')}"


def main() -> None:
    """Runs the module."""
    module = AnsibleModule(
        argument_spec={
            **CLOUD_ARGUMENTS,
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "name": {"type": "str", "required": True},
            # A path, no key.
            "private_key_file": {"type": "path", "no_log": False},
        },
        required_if=[("state", "present", ["private_key_file"])],
        supports_check_mode=True,
    )

    def body(connection: Any) -> Any:
        pair = KeyPair(connection.compute, module)
        if module.params["state"] == "present":
            pair.ensure()
        else:
            pair.remove()
        return pair.diff.result(public_key=pair.public_key)

    run(module, body)


if __name__ == "__main__":
    main()
