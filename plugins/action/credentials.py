# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Writes password files and clouds.yaml for the person who installs, on the control host."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.nubomedia.nai.plugins.plugin_utils import package  # noqa: F401  # makes nai importable

from nai.installer.credentials import clouds_document, write_credentials


class ActionModule(ActionBase):  # type: ignore[misc]  # Ansible publishes no types
    """Makes the files what they shall be."""

    _supports_check_mode = True
    _requires_connection = False
    _VALID_ARGS = frozenset({"auth_url", "ca_file", "clouds_file", "passwords", "region"})

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Runs the action."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _, options = self.validate_argument_spec(
            argument_spec={
                "clouds_file": {"type": "path", "required": True},
                "passwords": {"type": "dict", "required": True, "no_log": True},
                "auth_url": {"type": "str", "required": True},
                "region": {"type": "str", "required": True},
                "ca_file": {"type": "path"},
            }
        )
        passwords = {str(service): str(password) for service, password in options["passwords"].items()}
        if "keystone" not in passwords:
            raise AnsibleActionFail("passwords has no keystone; add the administrator's password")
        clouds = clouds_document(options["auth_url"], options["region"], passwords["keystone"], options["ca_file"])
        try:
            changed = write_credentials(options["clouds_file"], passwords, clouds, dry=self._task.check_mode)
        except OSError as error:
            raise AnsibleActionFail(
                f"{error.filename}: {error.strerror}; make it writable on the control host"
            ) from error
        return result | {"changed": bool(changed), "changed_files": changed}
