"""The import hook of role oslo_messaging replaces exactly the poll it knows."""

from __future__ import annotations

import hashlib
import importlib.util
import inspect
import queue
import subprocess
import sys
import textwrap
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

FILES = Path(__file__).parents[3] / "roles" / "oslo_messaging" / "files"
NAME = "nai_oslo_messaging_fast_reply"

# The module as oslo.messaging 16.1.0 has it, as far as the hook is concerned.
DRIVER = """\
import queue
import time

from oslo_utils import timeutils
import oslo_messaging


class ReplyWaiters:

    def get(self, msg_id, timeout):
        watch = timeutils.StopWatch(duration=timeout)
        watch.start()
        while not watch.expired():
            try:
                # NOTE(amorin) we can't use block=True
                # See lp-2035113
                return self._queues[msg_id].get(block=False)
            except queue.Empty:
                time.sleep(0.5)
        raise oslo_messaging.MessagingTimeout(
            'Timed out waiting for a reply '
            'to message ID %s' % msg_id)

    def put(self, msg_id, message_data):
        pass
"""


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The hook as a module; what it puts into the import system is taken out again."""
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    spec = importlib.util.spec_from_file_location(NAME, FILES / f"{NAME}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Watch:
    """A stop watch that expires after so many looks."""

    def __init__(self, duration: int) -> None:
        """Takes the number of looks as the timeout."""
        self.left = duration

    def start(self) -> None:
        """Does nothing."""

    def expired(self) -> bool:
        """Counts one look."""
        self.left -= 1
        return self.left < 0


def driver(sleeps: list[float]) -> SimpleNamespace:
    return SimpleNamespace(
        queue=queue,
        time=SimpleNamespace(sleep=sleeps.append),
        timeutils=SimpleNamespace(StopWatch=Watch),
        oslo_messaging=SimpleNamespace(MessagingTimeout=TimeoutError),
    )


def test_the_poll_grows_from_5_to_50_ms(hook: ModuleType) -> None:
    sleeps: list[float] = []
    waiters = SimpleNamespace(_queues={"id": queue.Queue()})
    with pytest.raises(TimeoutError, match="id"):
        hook.fast_get(driver(sleeps))(waiters, "id", 20)
    assert sleeps[0] == 0.005
    assert sleeps == sorted(sleeps)
    assert sleeps[-1] == 0.05


def test_an_answer_is_returned_at_once(hook: ModuleType) -> None:
    sleeps: list[float] = []
    answers: queue.Queue[str] = queue.Queue()
    answers.put("pong")
    assert hook.fast_get(driver(sleeps))(SimpleNamespace(_queues={"id": answers}), "id", 20) == "pong"
    assert sleeps == []


def test_an_unknown_function_is_left_alone_with_a_line_in_the_log(
    hook: ModuleType, caplog: pytest.LogCaptureFixture
) -> None:
    class ReplyWaiters:
        def get(self, msg_id: str, timeout: float) -> Any:
            return None

    before = ReplyWaiters.get
    assert hook.patch(SimpleNamespace(ReplyWaiters=ReplyWaiters)) is False
    assert ReplyWaiters.get is before
    assert "stays as it is" in caplog.text


def stand_in(tmp_path: Path, source: str) -> subprocess.CompletedProcess[str]:
    """A fresh interpreter with a stand-in for the package: what runs on the hosts, but for the package itself."""
    package = tmp_path / "oslo_messaging" / "_drivers"
    package.mkdir(parents=True)
    (package.parent / "__init__.py").write_text("")
    (package / "__init__.py").write_text("")
    (package / "amqpdriver.py").write_text(source)
    (tmp_path / "oslo_utils").mkdir()
    (tmp_path / "oslo_utils" / "__init__.py").write_text("timeutils = None\n")
    program = textwrap.dedent(
        f"""
        import sys
        sys.path[:0] = [{str(FILES)!r}, {str(tmp_path)!r}]
        import {NAME}
        from oslo_messaging._drivers import amqpdriver
        print(amqpdriver.ReplyWaiters.get.__module__)
        """
    )
    return subprocess.run([sys.executable, "-S", "-c", program], capture_output=True, text=True, check=True)


def test_the_known_driver_is_patched_on_import(tmp_path: Path) -> None:
    ran = stand_in(tmp_path, DRIVER)
    assert ran.stdout.strip() == NAME
    assert ran.stderr == ""


def test_a_changed_driver_is_not(tmp_path: Path) -> None:
    ran = stand_in(tmp_path, DRIVER.replace("0.5", "0.25"))
    assert ran.stdout.strip() == "oslo_messaging._drivers.amqpdriver"
    assert "stays as it is" in ran.stderr


def test_the_known_source_is_that_of_the_release(hook: ModuleType) -> None:
    lines = DRIVER.splitlines(keepends=True)
    start = next(number for number, line in enumerate(lines) if line.startswith("    def get("))
    source = "".join(inspect.getblock(lines[start:]))
    assert hashlib.sha256(source.encode()).hexdigest() in hook.KNOWN_SOURCES
