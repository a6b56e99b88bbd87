"""The module migration, with commands of this machine."""

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.nubomedia.nai.plugins.module_utils import mariadb_tables, migrations
from ansible_collections.nubomedia.nai.plugins.module_utils.lazy import module_or_none
from ansible_collections.nubomedia.nai.plugins.module_utils.mariadb_tables import DatabaseError, has_tables
from ansible_collections.nubomedia.nai.plugins.module_utils.migrations import Command, CommandError
from ansible_collections.nubomedia.nai.plugins.modules import migration

from .conftest import RunModule

SECRET = "only-for-this-test"


@pytest.fixture
def options(tmp_path: Path) -> dict[str, Any]:
    """One command that writes a line each time it runs."""
    append = {"argv": ["sh", "-c", f"echo $TOKEN >> {tmp_path}/runs"], "environment": {"TOKEN": SECRET, "LANG": "C"}}
    return {"name": "example", "state_dir": str(tmp_path / "migrations"), "commands": [append], "fingerprint": "one"}


def runs(tmp_path: Path) -> int:
    """How often the command ran."""
    path = tmp_path / "runs"
    return len(path.read_text().splitlines()) if path.exists() else 0


def test_it_runs_once_per_fingerprint(options: dict[str, Any], tmp_path: Path, run_module: RunModule) -> None:
    steps = [("one", True, True, 0), ("one", False, True, 1), ("one", True, False, 1), ("one", False, False, 1)]
    steps += [("two", True, True, 1), ("two", False, True, 2), ("two", False, False, 2), ("one", False, True, 3)]
    for fingerprint, check, changed, count in steps:
        result = run_module(migration, {**options, "fingerprint": fingerprint}, check=check)
        assert (result["changed"], runs(tmp_path)) == (changed, count)
        assert bool(result["reason"]) is changed
        assert bool(result["diff"]["after"]) is changed


def test_the_note_keeps_no_text_and_is_private(options: dict[str, Any], tmp_path: Path, run_module: RunModule) -> None:
    run_module(migration, {**options, "fingerprint": SECRET})
    note = tmp_path / "migrations" / "example.json"
    assert SECRET not in note.read_text()
    assert note.stat().st_mode & 0o777 == 0o600


def test_a_damaged_note_counts_as_none(options: dict[str, Any], tmp_path: Path, run_module: RunModule) -> None:
    run_module(migration, options)
    (tmp_path / "migrations" / "example.json").write_text("{")
    assert run_module(migration, options)["changed"]
    (tmp_path / "migrations" / "example.json").write_text("[]")
    assert run_module(migration, options)["changed"]


def test_a_failure_is_told_without_secrets_and_runs_again(
    options: dict[str, Any], tmp_path: Path, run_module: RunModule
) -> None:
    failing = {"argv": ["sh", "-c", "cat; echo $TOKEN; exit 4"], "stdin": SECRET, "environment": {"TOKEN": SECRET}}
    result = run_module(migration, {**options, "commands": [*options["commands"], failing]})
    assert result["failed"]
    assert "command 2 of 2: sh -c" in result["msg"]
    assert "ended with code 4" in result["msg"]
    assert "LANG" not in result["msg"]
    assert SECRET not in str(result)
    allowed = {**options, "commands": [*options["commands"], {**failing, "ok_codes": [0, 4]}]}
    assert run_module(migration, allowed)["commands_run"] == 2
    assert runs(tmp_path) == 2


def test_other_arguments_run_other_environments_do_not(options: dict[str, Any], run_module: RunModule) -> None:
    run_module(migration, options)
    options["commands"][0]["environment"]["TOKEN"] = "another-secret"
    assert not run_module(migration, options)["changed"]
    options["commands"][0]["argv"][2] += " "
    assert run_module(migration, options)["changed"]


def test_what_it_makes_is_missing(options: dict[str, Any], tmp_path: Path, run_module: RunModule) -> None:
    options["creates"] = str(tmp_path / "made" / "*")
    assert run_module(migration, options)["changed"]
    assert run_module(migration, options)["reason"] == f"{options['creates']} is missing"
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "x").write_text("")
    assert not run_module(migration, options)["changed"]


def test_the_version_of_the_package_counts(
    options: dict[str, Any], run_module: RunModule, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = "1"
    monkeypatch.setattr(migrations, "package_version", lambda _name: version)
    options["package"] = "example"
    assert run_module(migration, options)["changed"]
    assert not run_module(migration, options)["changed"]
    version = "2"
    assert run_module(migration, options)["changed"]
    version = ""
    assert run_module(migration, options, check=True)["changed"]
    assert "package example is not installed" in run_module(migration, options)["msg"]


def test_a_database_without_tables(
    options: dict[str, Any], run_module: RunModule, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[Any] = [
        True,
        False,
        DatabaseError("MariaDB does not answer"),
        DatabaseError("MariaDB does not answer"),
    ]

    def ask(_schema: str, _socket: str) -> bool:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return bool(answer)

    monkeypatch.setattr(migration, "has_tables", ask)
    options["database"] = "nova"
    assert run_module(migration, options)["changed"]
    assert not run_module(migration, options)["changed"]
    assert run_module(migration, options)["reason"] == "database nova has no table"
    assert run_module(migration, options, check=True)["changed"]
    assert run_module(migration, options)["msg"] == "MariaDB does not answer"


def test_forgetting(options: dict[str, Any], run_module: RunModule) -> None:
    run_module(migration, options)
    gone = {**options, "state": "absent"}
    assert [run_module(migration, gone, check=check)["changed"] for check in (True, False, True, False)] == [
        True,
        True,
        False,
        False,
    ]


def test_a_name_that_is_no_file_name(options: dict[str, Any], run_module: RunModule) -> None:
    assert "'../x'" in run_module(migration, {**options, "name": "../x"})["msg"]


def test_commands_that_cannot_run() -> None:
    with pytest.raises(CommandError, match="install the package that brings it"):
        Command(["no-program-of-this-name"]).run()
    with pytest.raises(CommandError, match="the host has no user of-this-name"):
        Command(["true"], user="of-this-name").run()
    with pytest.raises(CommandError, match=r"not done after 0\.2 s, killed"):
        Command(["sleep", "60"], timeout_seconds=0.2).run()
    with pytest.raises(CommandError, match="It wrote nothing"):
        Command(["false"]).run()


def test_a_command_runs_as_another_user(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}

    def run(argv: list[str], **given: Any) -> Any:
        seen.update(given, argv=argv)
        return type("Done", (), {"returncode": 0, "stdout": ""})()

    monkeypatch.setattr(migrations.subprocess, "run", run)
    monkeypatch.setattr(migrations.os, "geteuid", lambda: 0)
    Command(["id"], user="nobody", environment={"NUMBER": 1}).run()
    assert seen["user"] > 0
    assert seen["env"]["USER"] == "nobody"
    assert seen["env"]["NUMBER"] == "1"
    assert str(Command(["a", "b c"], user="nova", stdin=SECRET)) == "a 'b c' (as nova)"
    assert SECRET not in repr(Command(["a"], stdin=SECRET, environment={"A": SECRET}))


@pytest.mark.parametrize(
    ("code", "output", "version"),
    [(0, "installed 1:2.3-4", "1:2.3-4"), (0, "config-files 1.0", ""), (1, "", "")],
)
def test_package_version(monkeypatch: pytest.MonkeyPatch, code: int, output: str, version: str) -> None:
    done = type("Done", (), {"returncode": code, "stdout": output})()
    monkeypatch.setattr(migrations.subprocess, "run", lambda *_args, **_options: done)
    assert migrations.package_version("example") == version


def test_a_machine_without_dpkg(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_args: Any, **_options: Any) -> None:
        raise FileNotFoundError

    monkeypatch.setattr(migrations.subprocess, "run", missing)
    assert migrations.package_version("example") == ""


class FakeMySQL:
    """PyMySQL with one answer."""

    class err:  # noqa: N801  # PyMySQL's own name
        """Its errors."""

        class MySQLError(Exception):
            """Its base class."""

    def __init__(self, row: Any) -> None:
        self.row = row

    def connect(self, **options: Any) -> Any:
        assert options["user"] == "root"
        assert options["unix_socket"] == "/run/sock"
        if isinstance(self.row, Exception):
            raise self.row
        return self

    cursor = __enter__ = lambda self: self

    def __exit__(self, *_args: Any) -> None:
        pass

    def execute(self, _query: str, arguments: tuple[str]) -> None:
        assert arguments == ("nova",)

    def fetchone(self) -> Any:
        return self.row


@pytest.mark.parametrize(("row", "tables"), [((1,), True), (None, False)])
def test_tables(monkeypatch: pytest.MonkeyPatch, row: Any, tables: bool) -> None:
    monkeypatch.setattr(mariadb_tables, "module_or_none", lambda _name: FakeMySQL(row))
    assert has_tables("nova", "/run/sock") is tables


def test_a_database_that_cannot_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mariadb_tables, "module_or_none", lambda _name: FakeMySQL(FakeMySQL.err.MySQLError("gone")))
    with pytest.raises(DatabaseError, match=r"MariaDB does not answer at /run/sock: gone"):
        has_tables("nova", "/run/sock")
    monkeypatch.setattr(mariadb_tables, "module_or_none", lambda _name: None)
    with pytest.raises(DatabaseError, match="python3-pymysql"):
        has_tables("nova", "/run/sock")


def test_a_library_of_the_host() -> None:
    assert module_or_none("json") is json
    assert module_or_none("no_module_of_this_name") is None
