"""The import hook of role oslo_messaging shortens exactly the poll it knows."""

from __future__ import annotations

import importlib.util
import queue
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

FILES = Path(__file__).parents[3] / "roles" / "oslo_messaging" / "files"


@pytest.fixture(scope="module")
def hook() -> ModuleType:
    """The hook as a module, without installing it."""
    spec = importlib.util.spec_from_file_location("nai_fast_reply", FILES / "nai_fast_reply.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def known_get() -> Callable[..., Any]:
    def get(self: Any, msg_id: str, timeout: float) -> Any:
        while True:
            try:
                return self._queues[msg_id].get(block=False)
            except queue.Empty:
                time.sleep(0.5)

    return get


def with_another_float() -> Callable[..., Any]:
    def get(self: Any, msg_id: str, timeout: float) -> Any:
        limit = timeout * 1.5
        while limit:
            try:
                return self._queues[msg_id].get(block=False)
            except queue.Empty:
                time.sleep(0.5)
        return None

    return get


def without_sleep() -> Callable[..., Any]:
    def get(self: Any, msg_id: str, timeout: float) -> Any:
        return self._queues[msg_id].get(timeout=0.5)

    return get


def test_the_known_poll_is_shortened(hook: ModuleType) -> None:
    get = known_get()
    assert hook.shorten(get) is True
    assert 0.5 not in get.__code__.co_consts
    assert hook.REPLY_POLL_SECONDS in get.__code__.co_consts


@pytest.mark.parametrize("make", [with_another_float, without_sleep])
def test_an_unknown_function_is_left_alone(hook: ModuleType, make: Callable[[], Callable[..., Any]]) -> None:
    get = make()
    before = get.__code__
    assert hook.shorten(get) is False
    assert get.__code__ is before


def test_an_unknown_driver_is_named_on_standard_error(hook: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    hook.patch(ModuleType("oslo_messaging._drivers.amqpdriver"))
    assert "left as it is" in capsys.readouterr().err


def test_the_pth_file_patches_the_driver_on_import(tmp_path: Path) -> None:
    """A fresh interpreter with a stand-in for the package: what runs on the hosts, but for the package itself."""
    package = tmp_path / "oslo_messaging" / "_drivers"
    package.mkdir(parents=True)
    for directory in (package.parent, package):
        (directory / "__init__.py").write_text("")
    (package / "amqpdriver.py").write_text(
        textwrap.dedent(
            """
            import queue, time
            class ReplyWaiters:
                def get(self, msg_id, timeout):
                    while True:
                        try:
                            return self._queues[msg_id].get(block=False)
                        except queue.Empty:
                            time.sleep(0.5)
            """
        )
    )
    program = textwrap.dedent(
        f"""
        import site, sys
        sys.path[:0] = [{str(FILES)!r}, {str(tmp_path)!r}]
        for line in open({str(FILES / "nai_fast_reply.pth")!r}):
            exec(line)
        from oslo_messaging._drivers import amqpdriver
        print(amqpdriver.ReplyWaiters.get.__code__.co_consts)
        """
    )
    ran = subprocess.run([sys.executable, "-S", "-c", program], capture_output=True, text=True, check=True)
    assert "0.01" in ran.stdout
    assert "0.5" not in ran.stdout
    assert ran.stderr == ""
