# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Control side of `python_tree`: reads the trees and hands all of them over at once."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

LEFT_OUT = frozenset({"__pycache__"})


class ActionModule(ActionBase):  # type: ignore[misc]  # ansible publishes no types
    """Reads the sources of a task and runs the module on the host."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Runs the task; `tmp` is unused since ansible-core 2.4."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        wanted: dict[str, dict[str, bytes]] = {}
        for tree in self._task.args.get("trees") or []:
            if not isinstance(tree, Mapping) or not tree.get("src") or not tree.get("dest"):
                raise AnsibleActionFail(f"python_tree: an entry of trees needs src and dest, this one is {tree!r}")
            wanted[str(tree["dest"])] = read_tree(Path(str(tree["src"])))
        arguments = {**self._task.args, "contents": encode(wanted)}
        result.update(self._execute_module(module_args=arguments, task_vars=task_vars or {}))
        return result


def read_tree(source: Path) -> dict[str, bytes]:
    """Returns the content of each file below a directory by its path in there; of a single file under the empty path.

    Raises:
        AnsibleActionFail: There is nothing at the path, or the directory is empty.
    """
    if source.is_file():
        return {"": source.read_bytes()}
    found = {
        str(path.relative_to(source)): path.read_bytes()
        for path in sorted(source.rglob("*"))
        if path.is_file() and not LEFT_OUT.intersection(path.parts)
    }
    if not found:
        raise AnsibleActionFail(f"python_tree: {source} on the control host is missing or empty")
    return found


def encode(trees: Mapping[str, Mapping[str, bytes]]) -> str:
    """Returns the trees as one string; `decode` of the module is the inverse."""
    raw = {
        dest: {name: base64.b64encode(content).decode() for name, content in files.items()}
        for dest, files in trees.items()
    }
    return base64.b64encode(zlib.compress(json.dumps(raw).encode())).decode()
