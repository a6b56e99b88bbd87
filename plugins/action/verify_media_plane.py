# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Proves from the control host that the media plane works, and shows each step when it ends."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.nubomedia.nai.plugins.plugin_utils.variables import value_of

from nai.installer.release import Release
from nai.installer.verification.errors import CheckFailedError
from nai.installer.verification.media_plane.phases import MediaPlaneProof, Settings
from nai.installer.verification.phases import summary


class ActionModule(ActionBase):  # type: ignore[misc]  # Ansible publishes no types
    """Hands the variables to `nai.installer.verification.media_plane`."""

    _supports_check_mode = True
    _requires_connection = False
    _VALID_ARGS: frozenset[str] = frozenset()

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Deploys, uses, scales and removes a network service."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        if self._task.check_mode:
            return result | {"skipped": True, "msg": "a verification makes instances; check mode makes none"}
        display = Display().display
        proof = MediaPlaneProof(self._settings(task_vars or {}), display)
        # What does not hold is in the report; whatever happens, everything is removed.
        with suppress(CheckFailedError):
            try:
                proof.prove()
            finally:
                proof.remove()
        report = proof.report
        display("\n" + summary(report))
        failed = [step for step in report.steps if not step.passed]
        if failed:
            first = failed[0]
            text = f"{first.name}: expected {first.expected or 'no error'}; seen: {first.seen}"
            return result | {"failed": True, "changed": False, "msg": text, "report": str(report.file)}
        return result | {
            "changed": False,
            "report": str(report.file),
            "seconds": round(report.seconds, 1),
            "figures": report.figures,
        }

    def _settings(self, variables: dict[str, Any]) -> Settings:
        def value(name: str) -> str:
            return str(value_of(self, variables, name))

        services = Release.named(value("nai_release")).services
        address = value("nai_operations_address")
        return Settings(
            clouds_file=Path(value("nai_clouds_file")),
            state_directory=Path(value("nai_state_dir")),
            nfvo_url=f"http://{address}:{services['nfvo']['port']}/api/v1",
            nfvo_password=value("nfvo_admin_password"),
            manager_url=f"http://{address}:{services['vnfm_media_server']['port']}",
            point_of_presence=value("nfvo_vim_name"),
            network=value("media_network_name"),
            image=value("verify_media_image"),
            flavor=value("verify_media_flavor"),
            timeout_seconds=float(value("verify_timeout_seconds")),
            keep=bool(value_of(self, variables, "verify_keep")),
        )
