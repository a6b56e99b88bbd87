"""What the control host prepares for hosts: digests, archives, the choice of wheels, the cache."""

import io
import os
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest

from nai.installer.packaging import Dependencies, PackagingError, Source, Target, cache_directory

HOST = {"python": "3.13", "machine": "x86_64", "glibc": "2.41"}


def package(directory: Path) -> Path:
    made = directory / "tool"
    for name in ("__init__.py", "a.py", "installer/b.py", "__pycache__/a.pyc"):
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(f"# {name}\n")
    return made


def test_a_package_is_its_files_without_what_is_left_out(tmp_path: Path) -> None:
    source = Source.read(package(tmp_path), ["installer"])
    assert sorted(source.files) == ["__init__.py", "a.py"]
    with tarfile.open(fileobj=io.BytesIO(source.archive())) as archive:
        assert archive.getnames() == ["tool/__init__.py", "tool/a.py"]


def test_the_digest_changes_with_what_belongs_to_it_only(tmp_path: Path) -> None:
    directory = package(tmp_path)
    before = Source.read(directory, ["installer"]).digest
    (directory / "installer" / "b.py").write_text("x = 1\n")
    assert Source.read(directory, ["installer"]).digest == before
    (directory / "a.py").write_text("x = 1\n")
    assert Source.read(directory, ["installer"]).digest != before


def test_a_directory_that_is_no_package(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="is no Python package"):
        Source.read(tmp_path)


def test_wheels_of_older_platforms_fit_as_well() -> None:
    options = Target.of(HOST).pip_options
    assert options[:4] == ("--implementation", "cp", "--python-version", "3.13")
    assert options[4:6] == ("--platform", "manylinux_2_41_x86_64")
    assert options[-4:] == ("--platform", "manylinux_2_17_x86_64", "--platform", "manylinux2014_x86_64")


@pytest.mark.parametrize("lacking", [{"glibc": ""}, {"python": "three"}, {"machine": ""}])
def test_a_host_without_wheels_is_named(lacking: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="wheels are there for CPython on glibc"):
        Target.of(HOST | lacking)


class Pip:
    """Stands in for pip: makes a tree, or fails."""

    def __init__(self, error: str = "") -> None:
        self.error, self.calls = error, 0

    def __call__(self, argv: list[str], **_options: Any) -> subprocess.CompletedProcess[str]:
        self.calls += 1
        assert "--require-hashes" in argv
        assert ":all:" in argv
        if self.error:
            return subprocess.CompletedProcess(argv, 1, "", f"WARNING: of no interest\nERROR: {self.error}\n")
        tree = Path(argv[argv.index("--target") + 1])
        for name in ("thing/__init__.py", "thing/tests/test_thing.py", "bin/thing"):
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            (tree / name).write_text("")
        return subprocess.CompletedProcess(argv, 0, "", "")


@pytest.fixture
def dependencies(tmp_path: Path) -> Dependencies:
    lock = tmp_path / "services.lock"
    lock.write_text("thing==1 --hash=sha256:00\n")
    return Dependencies(lock, Target.of(HOST))


def test_dependencies_are_fetched_once(
    tmp_path: Path, dependencies: Dependencies, monkeypatch: pytest.MonkeyPatch
) -> None:
    pip = Pip()
    monkeypatch.setattr(subprocess, "run", pip)
    (tmp_path / "dependencies").mkdir()
    (tmp_path / "dependencies" / "new-killed").mkdir()
    archive = dependencies.archive(tmp_path)
    assert dependencies.archive(tmp_path) == archive
    assert pip.calls == 1
    with tarfile.open(archive) as opened:
        assert opened.getnames() == ["thing", "thing/__init__.py"], "neither tests nor programs"
        assert {(entry.uid, entry.uname) for entry in opened} == {(0, "")}
    assert not (tmp_path / "dependencies" / "new-killed").exists()


def test_another_lock_or_another_host_is_another_archive(tmp_path: Path, dependencies: Dependencies) -> None:
    before = dependencies.digest
    assert Dependencies(dependencies.lock, Target.of(HOST | {"machine": "aarch64"})).digest != before
    dependencies.lock.write_text("thing==2 --hash=sha256:01\n")
    assert dependencies.digest != before


def test_old_archives_go(tmp_path: Path, dependencies: Dependencies, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", Pip())
    (tmp_path / "dependencies").mkdir()
    for age in range(4):
        old = tmp_path / "dependencies" / f"{age}.tar.gz"
        old.touch()
        os.utime(old, (age, age))
    dependencies.archive(tmp_path)
    assert len(list((tmp_path / "dependencies").glob("*.tar.gz"))) == 3
    assert not (tmp_path / "dependencies" / "0.tar.gz").exists()


def test_what_pip_said_is_shown(tmp_path: Path, dependencies: Dependencies, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", Pip("no matching distribution"))
    with pytest.raises(PackagingError, match="no matching distribution") as caught:
        dependencies.archive(tmp_path)
    assert "WARNING" not in str(caught.value)
    assert not list((tmp_path / "dependencies").glob("*.tar.gz"))


def test_the_cache_of_a_user_who_may_not_write_the_shared_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("NAI_CACHE_DIR", str(tmp_path / "file" / "below"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "own"))
    assert cache_directory() == tmp_path / "own" / "nai"
    monkeypatch.setenv("NAI_CACHE_DIR", str(tmp_path / "shared"))
    assert cache_directory() == tmp_path / "shared"
