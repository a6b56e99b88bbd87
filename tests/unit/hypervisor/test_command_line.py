"""`nai images sync`."""

import json
from pathlib import Path

import pytest

from nai.hypervisor import __main__ as command_line
from nai.hypervisor.image_sync import BusyError, Report
from nai.hypervisor.source import SourceError


@pytest.fixture
def config(tmp_path: Path) -> str:
    """A nova.conf."""
    path = tmp_path / "nova.conf"
    path.write_text(
        f"[nai_docker]\nwork_path = {tmp_path / 'work'}\nimage_grace_period_seconds = 77\n"
        "[service_user]\nauth_type = password\nauth_url = http://127.0.0.1:1/v3\nusername = nova\npassword = p\n"
    )
    return str(path)


class Synchroniser:
    """Answers as told and notes how it was made."""

    answer: Report | Exception = Report(check=False)
    grace: float = 0

    def __init__(self, _store: object, _work_path: Path, grace: float) -> None:
        """Keeps what it is told."""
        Synchroniser.grace = grace

    def run(self, _source: object, check: bool) -> Report:
        """Stands in for the real one."""
        if isinstance(Synchroniser.answer, Exception):
            raise Synchroniser.answer
        return Synchroniser.answer


@pytest.fixture(autouse=True)
def synchroniser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replaces the synchroniser."""
    monkeypatch.setattr(command_line, "Synchroniser", Synchroniser)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Report(check=False, loaded=["a"]), 0),
        (Report(check=False, failed={"a": "the digest differs"}), 1),
        (SourceError("Glance: no answer"), 3),
        (BusyError("another process is at it"), 4),
        (PermissionError(13, "Permission denied", "/var/lib/nova/nai"), 2),
    ],
)
def test_the_exit_code_tells_what_happened(config: str, answer: Report | Exception, code: int) -> None:
    Synchroniser.answer = answer
    assert command_line.main(["images", "sync", "--config-file", config]) == code


def test_the_report_comes_as_json(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    Synchroniser.answer = Report(check=True, loaded=["a"], waiting={"b": 5})
    command_line.main(["images", "sync", "--config-file", config, "--json", "--check"])
    report = json.loads(capsys.readouterr().out)
    assert (report["changed"], report["loaded"], report["waiting"]) == (True, ["a"], {"b": 5})


def test_the_grace_period_comes_from_nova_conf_unless_it_is_given(config: str) -> None:
    Synchroniser.answer = Report(check=False)
    command_line.main(["images", "sync", "--config-file", config])
    assert Synchroniser.grace == 77
    command_line.main(["images", "sync", "--config-file", config, "--grace-period-seconds", "0"])
    assert Synchroniser.grace == 0


def test_a_configuration_without_credentials_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "nova.conf"
    path.write_text("[DEFAULT]\n")
    assert command_line.main(["images", "sync", "--config-file", str(path)]) == 2
    assert "section [service_user] of nova.conf has no auth_type" in capsys.readouterr().err
    assert command_line.main(["images", "sync", "--config-file", str(tmp_path / "missing")]) == 2
