"""What the tests of the plugins share: a module run in this process, without a host."""

import json
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from ansible.module_utils.testing import patch_module_args

RunModule = Callable[..., dict[str, Any]]


@pytest.fixture
def run_module(capsys: pytest.CaptureFixture[str]) -> RunModule:
    """Runs a module's `main` with options and returns its result; `check` and `diff` are Ansible's modes."""

    def run(module: ModuleType, options: dict[str, Any], *, check: bool = False, diff: bool = True) -> dict[str, Any]:
        arguments = {**options, "_ansible_check_mode": check, "_ansible_diff": diff}
        with patch_module_args(arguments), pytest.raises(SystemExit):
            module.main()
        result: dict[str, Any] = json.loads(capsys.readouterr().out)
        return result

    return run
