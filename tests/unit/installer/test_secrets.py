"""Secrets are made once, whatever happens meanwhile."""

import multiprocessing
import os
import re
import stat
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret

from nai.installer.secrets import SecretsError, ensure_secrets, missing_secrets, new_secret, secrets_file

NAMES = ("keystone_admin_password", "nova_service_password")


def vault(password: bytes = b"one") -> VaultLib:
    return VaultLib([("default", VaultSecret(password))])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return secrets_file(tmp_path / "lab")


def content(path: Path) -> str:
    return str(vault().decrypt(path.read_bytes()).decode())


def test_missing_ones_are_made_and_encrypted(path: Path) -> None:
    made = ensure_secrets(path, vault(), NAMES)
    assert set(made) == set(NAMES)
    assert len(set(made.values())) == 2
    assert path.read_text().startswith("$ANSIBLE_VAULT;1.1;AES256\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["secrets.yml"]
    assert yaml.safe_load(content(path)) == made


def test_existing_ones_stay_to_the_letter(path: Path) -> None:
    first = ensure_secrets(path, vault(), NAMES[:1])
    before = path.read_bytes()
    assert ensure_secrets(path, vault(), NAMES[:1]) == first
    assert path.read_bytes() == before
    both = ensure_secrets(path, vault(), NAMES)
    assert both[NAMES[0]] == first[NAMES[0]]


def test_other_keys_and_comments_stay(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(vault().encrypt("# mine\nmy_key: 5 # why"))
    made = ensure_secrets(path, vault(), NAMES)
    assert content(path).startswith("# mine\nmy_key: 5 # why\n")
    assert yaml.safe_load(content(path)) == {"my_key": 5, **made}


@pytest.mark.parametrize("text", ["{my_key: 5}", "my_key: 5\n...\n", "my_key: 5\nnova_service_password:\n"])
def test_a_file_that_cannot_be_added_to_is_written_anew(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(vault().encrypt(text))
    made = ensure_secrets(path, vault(), NAMES)
    assert yaml.safe_load(content(path)) == {"my_key": 5, **made}
    assert content(path).count("nova_service_password") == 1


def test_check_mode_writes_nothing(path: Path) -> None:
    assert set(ensure_secrets(path, vault(), NAMES, write=False)) == set(NAMES)
    assert not path.exists()
    assert not path.parent.exists()


def test_missing_names(path: Path) -> None:
    ensure_secrets(path, vault(), NAMES[:1])
    assert missing_secrets(path, vault(), NAMES) == ["nova_service_password"]


def test_a_file_that_others_can_read_is_closed(path: Path) -> None:
    ensure_secrets(path, vault(), NAMES)
    path.chmod(0o644)
    ensure_secrets(path, vault(), NAMES)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"keystone_admin_password: open\n", "is not encrypted"),
        (vault(b"two").encrypt("a: b"), "the vault password does not fit"),
        (vault().encrypt("a: geheim: b"), "is not valid YAML in line 1"),
        (vault().encrypt("- geheim"), "holds no names and values"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_and_left_alone(path: Path, data: bytes, words: str) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    with pytest.raises(SecretsError, match=words) as caught:
        ensure_secrets(path, vault(), NAMES)
    assert str(path) in str(caught.value)
    assert "geheim" not in str(caught.value)
    assert path.read_bytes() == data


def test_what_a_killed_run_left_is_cleared_away(path: Path) -> None:
    path.parent.mkdir(parents=True)
    (path.parent / ".secrets.yml.abc").write_text("half")
    ensure_secrets(path, vault(), NAMES)
    assert [entry.name for entry in path.parent.iterdir()] == ["secrets.yml"]


def test_a_run_killed_before_the_last_step_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = ensure_secrets(path, vault(), NAMES[:1])

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        ensure_secrets(path, vault(), NAMES)
    monkeypatch.undo()
    assert ensure_secrets(path, vault(), NAMES)[NAMES[0]] == first[NAMES[0]]


def _ensure(path: Path, results: "multiprocessing.Queue[dict[str, str]]", start: Barrier) -> None:
    start.wait()
    results.put(ensure_secrets(path, vault(), NAMES))


def test_runs_at_the_same_time_agree(path: Path) -> None:
    context = multiprocessing.get_context("fork")
    results: multiprocessing.Queue[dict[str, str]] = context.Queue()
    start = context.Barrier(4)
    runs = [context.Process(target=_ensure, args=(path, results, start)) for _ in range(4)]
    for run in runs:
        run.start()
    found = [results.get(timeout=30) for _ in runs]
    for run in runs:
        run.join()
    assert all(one == found[0] for one in found)


def test_an_unreadable_file_is_named(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(SecretsError, match=f"{os.fspath(path)}: cannot be read"):
        ensure_secrets(path, vault(), NAMES)


def test_a_secret_is_long_and_safe_in_urls_and_ini_files() -> None:
    for _ in range(200):
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{31}", new_secret())
