# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""packstack's answer file out of variables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.nubomedia.nai.plugins.plugin_utils import package  # noqa: F401  # makes nai importable

from nai.installer.kilo import answers as kilo


def packstack_answer_file(answers: Mapping[str, Any]) -> str:
    """Text of an answer file.

    Args:
        answers: Value by key; booleans, lists and null are written as packstack reads them.

    Raises:
        AnsibleFilterError: With a line for each key that packstack does not have and each value it cannot read.
    """
    try:
        return kilo.answer_file(answers)
    except kilo.AnswerError as error:
        raise AnsibleFilterError(f"packstack's answers:\n{error}") from None


def packstack_fingerprint(answers: Mapping[str, Any]) -> str:
    """Digest of what packstack is to do on each host; which hosts these are does not count.

    Args:
        answers: As for `packstack_answer_file`.
    """
    return kilo.fingerprint(answers)


class FilterModule:
    """Filters of this file, for Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Names and functions."""
        return {"packstack_answer_file": packstack_answer_file, "packstack_fingerprint": packstack_fingerprint}
