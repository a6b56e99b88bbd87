# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Makes the inventory's missing secrets on the control host."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.nubomedia.nai.plugins.plugin_utils.variables import value_of

from nai.installer.schema import schema
from nai.installer.secrets import SecretsError, ensure_secrets, missing_secrets, secrets_file


class ActionModule(ActionBase):  # type: ignore[misc]  # Ansible publishes no types
    """Reads the file of secrets and adds what it lacks."""

    _supports_check_mode = True
    _requires_connection = False
    _VALID_ARGS = frozenset({"names", "path"})

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Runs the action; `tmp` is unused since ansible-core 2.4."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _, options = self.validate_argument_spec(
            argument_spec={"names": {"type": "list", "elements": "str"}, "path": {"type": "path"}}
        )
        names = options["names"] or self._applying(task_vars or {})
        path = options["path"] or secrets_file(_inventory_directory(task_vars or {}))
        vault = self._loader._vault  # the run's, with its vault secrets
        if not vault.secrets:
            raise AnsibleActionFail(
                "no vault password; run from the checkout, whose ansible.cfg names scripts/vault-password, "
                "or give --vault-password-file"
            )
        try:
            # One that the inventory sets elsewhere, in a vault file of the user's own, is not made a second time here.
            elsewhere = set(missing_secrets(path, vault, names)) & (task_vars or {}).keys()
            names = [name for name in names if name not in elsewhere]
            made = missing_secrets(path, vault, names)
            values = ensure_secrets(path, vault, names, write=not self._task.check_mode)
        except SecretsError as error:
            raise AnsibleActionFail(str(error)) from error
        return result | {"changed": bool(made), "made": made, "secrets": values, "_ansible_no_log": True}

    def _applying(self, task_vars: dict[str, Any]) -> tuple[str, ...]:
        """Those of this inventory's mode and release: what another release needs would only lie about."""
        mode, release = (str(value_of(self, task_vars, name)) for name in ("nai_mode", "nai_release"))
        return schema().secrets_for(mode, release)


def _inventory_directory(task_vars: dict[str, Any]) -> str:
    if not (directory := task_vars.get("inventory_dir")):
        raise AnsibleActionFail(
            "the inventory has no directory to keep secrets in; give a file or directory, not a list of hosts"
        )
    return str(directory)
