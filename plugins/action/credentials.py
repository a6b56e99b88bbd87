# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Writes password files and clouds.yaml for the person who installs, on the control host."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.nubomedia.nai.plugins.plugin_utils import package  # noqa: F401  # makes nai importable

from nai.installer.credentials import write_credentials


class ActionModule(ActionBase):  # type: ignore[misc]  # Ansible publishes no types
    """Makes the files what they shall be."""

    _supports_check_mode = True
    _requires_connection = False
    _VALID_ARGS = frozenset({"directory", "passwords", "clouds", "clouds_file"})

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Runs the action."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _, options = self.validate_argument_spec(
            argument_spec={
                "directory": {"type": "path", "required": True},
                "passwords": {"type": "dict", "required": True, "no_log": True},
                "clouds": {"type": "dict", "no_log": True},
                "clouds_file": {"type": "path"},
            }
        )
        try:
            changed = write_credentials(
                options["directory"],
                {str(service): str(password) for service, password in options["passwords"].items()},
                options["clouds"],
                options["clouds_file"],
                dry=self._task.check_mode,
            )
        except OSError as error:
            raise AnsibleActionFail(f"{error.filename}: {error.strerror}; make it writable on the control host") from error
        return result | {"changed": bool(changed), "changed_files": changed}
