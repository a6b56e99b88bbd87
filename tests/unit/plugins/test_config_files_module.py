"""The module config_files, on files of this machine."""

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.nubomedia.nai.plugins.action.config_files import encode
from ansible_collections.nubomedia.nai.plugins.module_utils import files
from ansible_collections.nubomedia.nai.plugins.modules import config_files

from .conftest import RunModule


def options(contents: dict[Path, str], **others: Any) -> dict[str, Any]:
    """Options as the action hands them over; the files' own options by keyword `each`."""
    each = others.pop("each", {})
    return {
        "files": [{"dest": str(path), **each} for path in contents],
        "rendered": encode({str(path): text for path, text in contents.items()}),
        **others,
    }


def test_contents_survive_the_way_to_the_host() -> None:
    assert config_files.decode(encode({"/a": "grüß\n", "/b": ""})) == {"/a": "grüß\n".encode(), "/b": b""}
    assert config_files.decode(None) == {}


def test_create_change_delete(tmp_path: Path, run_module: RunModule) -> None:
    target = tmp_path / "sub" / "a.conf"
    wanted = options({target: "one\n"}, directories=[{"path": str(target.parent), "mode": "0750"}])
    steps = [
        (wanted, True, [str(target.parent), str(target)]),
        (wanted, False, [str(target.parent), str(target)]),
        (wanted, True, []),
        (wanted, False, []),
        (options({target: "two\n"}), True, [str(target)]),
        (options({target: "two\n"}), False, [str(target)]),
        (options({target: "two\n"}), False, []),
        (options({target: "two\n"}, each={"mode": "0600"}), False, [str(target)]),
        (options({}, absent=[str(target), str(target.parent / "never")]), True, [str(target)]),
        (options({}, absent=[str(target)]), False, [str(target)]),
        (options({}, absent=[str(target), str(target.parent)]), False, [str(target.parent)]),
        (options({}, absent=[str(target), str(target.parent)]), False, []),
    ]
    for number, (given, check, changed) in enumerate(steps):
        result = run_module(config_files, given, check=check)
        assert result["changed_files"] == changed, f"step {number}"
        assert result["changed"] is bool(changed)
        assert len(result["diff"]) == len(changed)


def test_the_diff_shows_text_modes_and_removals(tmp_path: Path, run_module: RunModule) -> None:
    old, text = tmp_path / "old", tmp_path / "text"
    old.write_text("gone\n")
    text.write_text("before\n")
    result = run_module(config_files, options({text: "after\n"}, absent=[str(old)]), check=True)
    assert [(entry["before"], entry["after"]) for entry in result["diff"]] == [("before\n", "after\n"), ("gone\n", "")]
    text.chmod(0o600)
    [entry] = run_module(config_files, options({text: "before\n"}), check=True)["diff"]
    assert "mode 0600" in entry["before"]
    assert "mode 0644" in entry["after"]


def test_no_diff_unless_asked(tmp_path: Path, run_module: RunModule) -> None:
    assert "diff" not in run_module(config_files, options({tmp_path / "a": "x"}), diff=False)


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"\x00\x01", "binary"), (b"\xff\xfe", "binary"), (b"x" * 70_000, "larger than")],
)
def test_binary_and_large_files_are_not_shown(tmp_path: Path, run_module: RunModule, content: bytes, said: str) -> None:
    target = tmp_path / "file"
    target.write_bytes(content)
    [entry] = run_module(config_files, options({target: "small\n"}), check=True)["diff"]
    assert said in entry["after"]
    assert "small" not in entry["after"]


def test_one_bad_file_stops_all(tmp_path: Path, run_module: RunModule) -> None:
    good, bad = tmp_path / "good", tmp_path / "bad"
    good.write_text("old\n")
    given = options({good: "new\n", bad: "wrong\n"}, each={"validate": "grep -q new %s"})
    result = run_module(config_files, given)
    assert result["failed"]
    assert result["changed"] is False
    assert "bad: not changed, nor is any other file" in result["msg"]
    assert good.read_text() == "old\n"
    assert not bad.exists()


def test_a_file_that_does_not_differ_is_not_checked(tmp_path: Path, run_module: RunModule) -> None:
    target = tmp_path / "file"
    target.write_text("x")
    target.chmod(0o644)
    assert not run_module(config_files, options({target: "x"}, each={"validate": "false %s"})).get("failed")


def test_a_check_that_is_not_installed(tmp_path: Path, run_module: RunModule) -> None:
    given = options({tmp_path / "file": "x"}, each={"validate": "no-program-of-this-name %s"})
    assert run_module(config_files, given, check=True)["changed"]
    assert run_module(config_files, given)["failed"]
    given = options({tmp_path / "file": "x"}, each={"validate": "true"})
    assert "does not say %s" in run_module(config_files, given)["msg"]


def test_all_obstacles_at_once_and_nothing_changed(tmp_path: Path, run_module: RunModule) -> None:
    folder, full = tmp_path / "folder", tmp_path / "full"
    folder.mkdir()
    full.mkdir()
    (full / "file").write_text("")
    (tmp_path / "is-file").write_text("")
    given = options(
        {folder: "x", tmp_path / "none" / "a": "x", tmp_path / "fine": "x", Path("relative"): "x"},
        directories=[{"path": str(tmp_path / "is-file")}, {"path": str(tmp_path / "d"), "owner": "none-such"}],
        absent=[str(full), str(tmp_path / "fine")],
    )
    given["files"].append({"dest": str(tmp_path / "m"), "mode": "rw"})
    given["files"].append({"dest": str(tmp_path / "unrendered")})
    result = run_module(config_files, given)
    for said in (
        "folder: is a directory, wanted is a file",
        "none/a: its folder does not exist",
        "fine: named twice",
        "relative: give an absolute path",
        "is-file: is a file, wanted is a directory",
        "d: the host has no user 'none-such'",
        "full: is a directory with files in it",
        "m: mode 'rw' is not octal",
        "unrendered: has no content",
    ):
        assert said in result["msg"]
    assert not (tmp_path / "fine").exists()


def test_check_mode_accepts_what_a_package_will_bring(tmp_path: Path, run_module: RunModule) -> None:
    given = options({tmp_path / "none" / "a": "x"}, each={"owner": "none-such", "group": "none-such"})
    result = run_module(config_files, given, check=True)
    assert result["changed"]
    given = options({}, directories=[{"path": str(tmp_path / "d"), "owner": "none-such"}])
    [entry] = run_module(config_files, given, check=True)["diff"]
    assert "not there yet" in entry["after"]


def test_a_folder_made_by_the_same_task_counts(tmp_path: Path, run_module: RunModule) -> None:
    target = tmp_path / "a" / "b"
    result = run_module(config_files, options({target: "x"}, directories=[{"path": str(tmp_path / "a")}]))
    assert target.read_text() == "x"
    assert result["changed"]


def test_an_error_half_way_tells_what_was_changed(
    tmp_path: Path, run_module: RunModule, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = files.replace

    def fail_on_second(path: str, *args: Any) -> None:
        if path.endswith("second"):
            raise OSError(28, "No space left on device")
        real(path, *args)

    monkeypatch.setattr(files, "replace", fail_on_second)
    result = run_module(config_files, options({tmp_path / "first": "x", tmp_path / "second": "x"}))
    assert result["failed"]
    assert result["changed"]
    assert result["changed_files"] == [str(tmp_path / "first")]
    assert "second: No space left" in result["msg"]


def test_the_rendered_files_are_not_told_back(tmp_path: Path, run_module: RunModule) -> None:
    given = options({tmp_path / "a": "the-content"})
    given["files"][0]["content"] = "the-content"
    assert "the-content" not in str(run_module(config_files, given, diff=False))
