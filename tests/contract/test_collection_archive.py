"""The root is the collection nubomedia.nai: its archive carries what a user needs and nothing private."""

import subprocess
import sys
import tarfile
from pathlib import Path, PurePosixPath

import pytest


@pytest.fixture(scope="module")
def members(root: Path, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Names of all files in the archive that `ansible-galaxy collection build` makes."""
    out = tmp_path_factory.mktemp("archive")
    galaxy = Path(sys.executable).parent / "ansible-galaxy"
    done = subprocess.run(  # arguments of our own
        [galaxy, "collection", "build", "--output-path", out, root],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    [archive] = out.glob("nubomedia-nai-*.tar.gz")
    with tarfile.open(archive) as tar:
        return set(tar.getnames())


def test_it_carries_roles_plugins_playbooks_and_the_python_package(root: Path, members: set[str]) -> None:
    wanted = {"README.md", "LICENSE", "meta/runtime.yml", "site.yml", "nai/__init__.py", "pyproject.toml"}
    for pattern in ("plugins/*/*.py", "playbooks/**/*.yml", "roles/*/*/*.yml"):
        # `plugins/filter` is a link to `plugins/filters`; the archive keeps it as a link.
        wanted |= {str(path.relative_to(root)) for path in root.glob(pattern) if "plugins/filter/" not in str(path)}
    assert wanted <= members, sorted(wanted - members)


@pytest.mark.parametrize("private", [".nai", ".venv", ".git", "build", "collections", ".cache", ".mypy_cache"])
def test_it_leaves_out(members: set[str], private: str) -> None:
    assert not [name for name in members if PurePosixPath(name).parts[:1] == (private,)]


def test_it_carries_no_secret(members: set[str]) -> None:
    private = {"vault_password", "id_ed25519"}
    assert not [
        name for name in members if PurePosixPath(name).name in private or name.endswith("group_vars/all/secrets.yml")
    ]
