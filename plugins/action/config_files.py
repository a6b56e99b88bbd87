# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Control side of `config_files`: renders, hands all files over at once, masks secrets in what comes back."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible._internal._templating import _template_vars
from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.plugins.action import ActionBase
from ansible.template import trust_as_template
from ansible_collections.nubomedia.nai.plugins.plugin_utils.masking import secrets_of, without_secrets

from nai.installer.masking import mask

# What ansible.builtin.template sets when the task does not.
TEMPLATE_SETTINGS = {"trim_blocks": True, "lstrip_blocks": False, "newline_sequence": "\n"}


class ActionModule(ActionBase):  # type: ignore[misc]  # ansible publishes no types
    """Renders the files of a task and runs the module on the host."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Runs the task; `tmp` is unused since ansible-core 2.4."""
        task_vars = task_vars or {}
        result = super().run(tmp, task_vars)
        secrets = secrets_of(self, task_vars)
        arguments = dict(self._task.args)
        entries = arguments.get("files") or []
        contents: dict[str, str] = {}
        for entry in entries:
            dest = entry.get("dest") if isinstance(entry, Mapping) else None
            if not dest:
                raise AnsibleActionFail(f"config_files: an entry of files has no dest: {sorted(entry)}")
            contents[str(dest)] = self._content(entry, task_vars, secrets)
            _refuse_public_secret(entry, contents[str(dest)], secrets)
        arguments["files"] = [{key: value for key, value in entry.items() if key != "content"} for entry in entries]
        arguments["rendered"] = encode(contents)
        result.update(self._execute_module(module_args=arguments, task_vars=task_vars))
        masked: dict[str, Any] = without_secrets(result, secrets)
        _say_what_masking_hides(result, masked)
        return masked

    def _content(self, entry: Mapping[str, Any], task_vars: dict[str, Any], secrets: frozenset[str]) -> str:
        """Returns what a file is to hold."""
        dest = entry["dest"]
        if ("template" in entry) == ("content" in entry):
            raise AnsibleActionFail(f"{dest}: give either template or content")
        if "content" in entry:
            content = entry["content"]
            if isinstance(content, dict | list):
                return json.dumps(content, indent=2) + "\n"
            return "" if content is None else str(content)
        try:
            return self._rendered(str(entry["template"]), str(dest), task_vars)
        except AnsibleError as error:
            shown = mask(str(error), secrets)
            if shown == str(error):
                raise
            raise AnsibleActionFail(f"{entry['template']}: {shown}") from None

    def _rendered(self, template: str, dest: str, task_vars: dict[str, Any]) -> str:
        """Renders a template as ansible.builtin.template does."""
        source = self._find_needle("templates", template)
        folders = [*task_vars.get("ansible_search_path", []), self._loader.get_basedir(), str(Path(source).parent)]
        search_path = [path for folder in folders for path in (str(Path(folder) / "templates"), folder)]
        variables = task_vars | _template_vars.generate_ansible_template_vars(
            path=template, fullpath=source, dest_path=dest, include_ansible_managed="ansible_managed" not in task_vars
        )
        templar = self._templar.copy_with_new_env(searchpath=search_path, available_variables=variables)
        text = templar.template(
            trust_as_template(self._loader.get_text_file_contents(source)),
            escape_backslashes=False,
            overrides=TEMPLATE_SETTINGS,
        )
        return "" if text is None else str(text)


def encode(contents: Mapping[str, str]) -> str:
    """Returns file contents as one opaque string; `decode` of the module is the inverse."""
    raw = {path: base64.b64encode(text.encode()).decode() for path, text in contents.items()}
    return base64.b64encode(zlib.compress(json.dumps(raw).encode())).decode()


def _refuse_public_secret(entry: Mapping[str, Any], content: str, secrets: frozenset[str]) -> None:
    """A file with a secret that everyone may read is a mistake of the task."""
    mode = entry.get("mode", "0644")
    try:
        bits = mode if isinstance(mode, int) else int(str(mode), 8)
    except ValueError:
        return  # the module names the wrong mode
    if bits & 0o007 and any(secret in content for secret in secrets):
        raise AnsibleActionFail(
            f"{entry['dest']}: holds a secret, and with mode {bits:04o} everyone could use it; set mode to 0640 or less"
        )


def _say_what_masking_hides(result: Mapping[str, Any], masked: dict[str, Any]) -> None:
    """A rotated password changes a file, yet its masked diff is empty: say so instead of showing nothing."""
    for raw, shown in zip(result.get("diff", []), masked.get("diff", []), strict=True):
        if shown["before"] == shown["after"] and raw["before"] != raw["after"]:
            shown["before"], shown["after"] = "", "(only masked values differ)\n"
