"""Sources as the engine gets them: Dockerfile, tar, log."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

import pytest

from nai.paas.engines.docker.build_log import LEFT_OUT, MASK, BuildLog, read_log, secret_values
from nai.paas.engines.docker.context import write_context
from nai.paas.engines.docker.dockerfile import with_environment
from nai.paas.engines.docker.failures import BuildFailedError
from nai.paas.engines.docker.settings import BuildSettings


def packed(
    root: Path, settings: BuildSettings | None = None, **environment: str
) -> tuple[dict[str, tarfile.TarInfo], str]:
    into = io.BytesIO()
    said: list[str] = []
    write_context(root, environment, settings or BuildSettings(), into, said.append)
    with tarfile.open(fileobj=into) as tar:
        return {member.name: member for member in tar.getmembers()}, "\n".join(said)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    root = tmp_path / "source"
    (root / "src").mkdir(parents=True)
    (root / "Dockerfile").write_text("FROM base\n")
    (root / "run.sh").write_text("#!/bin/sh\n")
    (root / "run.sh").chmod(0o4775)
    (root / "src" / "app.py").write_text("1")
    return root


def test_a_tar_has_what_the_source_has(source: Path) -> None:
    members, said = packed(source)
    assert set(members) == {"Dockerfile", "run.sh", "src", "src/app.py"}
    assert members["run.sh"].mode == 0o755
    assert members["src/app.py"].mode == 0o644
    assert all((each.uid, each.mtime) == (0, 0) for each in members.values())
    assert said == ""


def test_links_are_never_followed_and_those_that_lead_out_are_left_out(source: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (source / "inside").symlink_to("src/app.py")
    (source / "src" / "up").symlink_to("../run.sh")
    (source / "absolute").symlink_to("/etc/passwd")
    (source / "outside").symlink_to("../secret")
    (source / "hidden").symlink_to("src/../../secret")
    (source / "directory").symlink_to(tmp_path)
    os.mkfifo(source / "pipe")
    members, said = packed(source)
    assert {"inside", "src/up"} <= set(members)
    assert members["inside"].issym()
    assert not {"absolute", "outside", "hidden", "directory", "pipe"} & set(members)
    for name in ("absolute", "outside", "hidden", "directory", "pipe"):
        assert f"{name} " in said


def test_a_dockerfile_has_to_be_one(source: Path) -> None:
    (source / "Dockerfile").unlink()
    with pytest.raises(BuildFailedError, match="no Dockerfile"):
        packed(source)
    (source / "Dockerfile").symlink_to("/etc/passwd")
    with pytest.raises(BuildFailedError, match="no Dockerfile"):
        packed(source)
    (source / "Dockerfile").unlink()
    (source / "Dockerfile").write_text("#" * 2_000_000)
    with pytest.raises(BuildFailedError, match="longer than"):
        packed(source)


def test_what_is_ignored_is_left_out(source: Path) -> None:
    (source / ".dockerignore").write_text("# what for\n\nsrc\n**/*.sh\nDockerfile\n")
    members, _ = packed(source)
    assert set(members) == {"Dockerfile", ".dockerignore"}


def test_patterns_that_take_for_ever(source: Path) -> None:
    (source / ".dockerignore").write_text("*a*a*a*a*a*a*a*a*b\n")
    with pytest.raises(BuildFailedError, match="stars"):
        packed(source)


def test_limits(source: Path) -> None:
    (source / "large").write_bytes(b"0" * 1_100_000)
    with pytest.raises(BuildFailedError, match="more than 1 MB"):
        packed(source, BuildSettings(disk_megabytes=1))
    with pytest.raises(BuildFailedError, match="more than 2 files"):
        packed(source, BuildSettings(files=2))


def test_a_dockerfile_that_is_not_utf_8(source: Path) -> None:
    (source / "Dockerfile").write_bytes(b"FROM base\n# caf\xe9\n")
    members, _ = packed(source, A="b")
    assert members["Dockerfile"].size == len(b'FROM base\nENV A="b"\n# caf\xe9\n')


def test_variables_follow_every_from() -> None:
    text = "# syntax\nARG V=1\nFROM base:$V AS one\nRUN x\n  from \\\n  # why\n\n  other\nCMD a\n"
    assert with_environment(text, {"A": "1"}) == (
        '# syntax\nARG V=1\nFROM base:$V AS one\nENV A="1"\nRUN x\n  from \\\n  # why\n\n  other\nENV A="1"\nCMD a\n'
    )


def test_continued_lines_are_no_instructions() -> None:
    text = "FROM base\nRUN echo \\\nFROM x\n# FROM y\n#FROM z \\\nFROM last\n"
    made = with_environment(text, {"A": "1"})
    assert made == 'FROM base\nENV A="1"\nRUN echo \\\nFROM x\n# FROM y\n#FROM z \\\nFROM last\nENV A="1"\n'


def test_values_are_quoted() -> None:
    made = with_environment("FROM base", {"A": 'a "b" $c \\d', "B": "", "C": "two\nlines", "D E": "no"})
    assert made == 'FROM base\nENV A="a \\"b\\" \\$c \\\\d" B=""\n'
    assert (
        with_environment("# escape=`\nFROM `\n base\r\n", {"A": 'b"`'})
        == '# escape=`\nFROM `\n base\r\nENV A="b`"``"\n'
    )
    assert with_environment("FROM base\n", {}) == "FROM base\n"


def test_a_log_is_bounded_and_keeps_its_end(tmp_path: Path) -> None:
    log = BuildLog(tmp_path / "log", 10_000)
    log.clear()
    for number in range(2000):
        log.write(f"line {number}\n")
    text = read_log(tmp_path / "log")
    assert len(text) <= 10_100
    assert text.startswith(LEFT_OUT + "line ")
    assert text.endswith("line 1999\n")
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o600
    log.write("x" * 100_000)
    log.flush()
    assert len(read_log(tmp_path / "log")) <= 10_100


def test_secrets_are_masked_even_in_parts(tmp_path: Path) -> None:
    log = BuildLog(tmp_path / "log", 10_000, ["s3cret", "s3cret-long", "key one\nkey two", "abc"])
    log.clear()
    log.write("a s3c")
    log.write("ret-long b\nkey two\r\nabc")
    log.line("end")
    assert read_log(tmp_path / "log") == f"a {MASK} b\n{MASK}\nabc\nend\n"
    assert read_log(tmp_path / "other") == ""


def test_which_variables_are_secret() -> None:
    environment = {
        "DB_PASSWORD": "1",
        "API_KEY": "2",
        "GITHUB_TOKEN": "3",
        "GREETING": "4",
        "KEYBOARD": "5",
        "pass": "6",
    }
    assert secret_values(environment) == ["1", "2", "3", "6"]
