# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""The orchestrator's REST API for modules."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from ansible_collections.nubomedia.nai.plugins.module_utils import rest
from ansible_collections.nubomedia.nai.plugins.module_utils.rest import REST_ARGUMENTS, RestClient, covers

NFVO_ARGUMENTS: dict[str, dict[str, Any]] = {**REST_ARGUMENTS, "project": {"type": "str", "default": "default"}}

NfvoError = rest.RestError
NfvoNotReadyError = rest.NotReadyError


class Nfvo(RestClient):  # type: ignore[misc]  # Ansible finds it, mypy does not
    """A user of the orchestrator in one project."""

    SERVICE = "orchestrator"

    def upload(self, *path: str, name: str, content: bytes) -> Any:
        """Sends a file as a form, as a browser does.

        Args:
            *path: Parts of the path.
            name: File name.
            content: What is in it.
        """
        boundary = uuid.uuid4().hex
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        form = head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
        return self.request("POST", path, form, f"multipart/form-data; boundary={boundary}")


def run(module: Any, body: Callable[[Nfvo], dict[str, Any]]) -> None:
    """Runs the module's body, and ends the module.

    Args:
        module: the AnsibleModule; its parameters include `NFVO_ARGUMENTS`.
        body: takes the orchestrator, returns what `exit_json` gets.
    """
    rest.run(module, Nfvo, body)


__all__ = ["NFVO_ARGUMENTS", "Nfvo", "NfvoError", "NfvoNotReadyError", "covers", "run"]
