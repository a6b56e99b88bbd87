# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Control side of `python_application`: says which version is wanted, and brings what the host lacks."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.nubomedia.nai.plugins.plugin_utils import package  # noqa: F401  # makes nai importable

from nai.installer.packaging import Dependencies, PackagingError, Source, Target, cache_directory
from nai.installer.packaging.source import digest_of


class ActionModule(ActionBase):  # type: ignore[misc]  # ansible publishes no types
    """Asks the host what it has; a second call installs what differs."""

    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Runs the task; `tmp` is unused since ansible-core 2.4."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        task_vars = task_vars or {}
        arguments = dict(self._task.args)
        missing = [name for name in ("src", "lock", "dest", "program", "entry") if not arguments.get(name)]
        if missing:
            raise AnsibleActionFail(f"python_application: {', '.join(missing)} is missing")
        found = self._ask(arguments, {"action": "look"}, task_vars)
        if found.get("failed"):
            return result | found
        try:
            source = Source.read(Path(arguments["src"]), arguments.get("left_out") or ())
            dependencies = Dependencies(Path(arguments["lock"]), Target.of(found["interpreter"]))
            release = release_digest(source, dependencies, arguments)
        except (OSError, ValueError) as error:
            raise AnsibleActionFail(f"python_application: {error}") from error
        result |= {"changed": False, "release": release, "path": f"{arguments['dest']}/{release}", "changes": []}
        if found["release"] == release:
            return result
        result |= {
            "changed": True,
            "changes": [f"version {release}: installed"],
            "diff": {
                "before": f"version {found['release']}\n" if found["release"] else "",
                "after": f"version {release}\n",
                "before_header": f"{arguments['dest']}/current",
                "after_header": f"{arguments['dest']}/current",
            },
        }
        if self._task.check_mode:
            return result
        step = {"action": "install", "release": release, "dependencies": dependencies.digest}
        step |= self._bring(source, dependencies, wanted=dependencies.digest not in found["dependencies"])
        done = self._ask(arguments, step, task_vars)
        return result | {key: done[key] for key in ("failed", "msg", "changes", "exception") if key in done}

    def _ask(self, arguments: dict[str, Any], step: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = self._execute_module(module_args={**arguments, "step": step}, task_vars=task_vars)
        answer.pop("invocation", None)
        return answer

    def _bring(self, source: Source, dependencies: Dependencies, *, wanted: bool) -> dict[str, str]:
        """Puts the archives into the task's temporary directory on the host; returns their paths there."""
        if not self._connection._shell.tmpdir:
            self._make_tmp_path()
        there = self._connection._shell.join_path
        directory = self._connection._shell.tmpdir
        brought = {"release_archive": there(directory, "release.tar.gz")}
        with tempfile.NamedTemporaryFile(suffix=".tar.gz") as file:
            file.write(source.archive())
            file.flush()
            self._transfer_file(file.name, brought["release_archive"])
        if wanted:
            try:
                archive = dependencies.archive(cache_directory())
            except (PackagingError, OSError) as error:
                raise AnsibleActionFail(f"python_application: {error}") from error
            brought["dependencies_archive"] = there(directory, "dependencies.tar.gz")
            self._transfer_file(str(archive), brought["dependencies_archive"])
        return brought


def release_digest(source: Source, dependencies: Dependencies, arguments: dict[str, Any]) -> str:
    """Digest of a version: its files, its dependencies, where it lies and how it is started."""
    parts = {name: str(arguments[name]).encode() for name in ("dest", "program", "entry")}
    return digest_of(
        {**parts, "source": source.digest.encode(), "dependencies": dependencies.digest.encode(), "form": b"1"}
    )
