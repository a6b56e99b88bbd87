"""Writes what a person needs to log in: password files and clouds.yaml on the control host."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

CLOUD = "nai"
"""Name of the administrator's cloud in clouds.yaml."""


def password_file(clouds_file: str | Path, service: str) -> Path:
    """The file that holds a service's password and nothing else, beside clouds.yaml."""
    return Path(clouds_file).parent / service


def clouds_document(auth_url: str, region: str, password: str, ca_file: str | None = None) -> dict[str, Any]:
    """A clouds.yaml with the cloud `nai`: the administrator in project admin.

    Args:
        auth_url: Keystone's address with `/v3`.
        region: Name of the region.
        password: The administrator's password.
        ca_file: Certificate that signs the endpoints; None for plain http.
    """
    cloud: dict[str, Any] = {
        "auth": {
            "auth_url": auth_url,
            "username": "admin",
            "password": password,
            "project_name": "admin",
            "user_domain_name": "Default",
            "project_domain_name": "Default",
        },
        "region_name": region,
        "identity_api_version": "3",
        "interface": "public",
    }
    if ca_file:
        cloud["cacert"] = ca_file
    return {"clouds": {CLOUD: cloud}}


def write_credentials(
    clouds_file: str | Path,
    passwords: Mapping[str, str],
    clouds: Mapping[str, Any],
    *,
    dry: bool = False,
) -> list[str]:
    """Puts the files in place, each atomically, mode 0600, in directories of mode 0700.

    Args:
        clouds_file: Path of clouds.yaml; the password files go beside it, one for each service.
        passwords: Password of each service.
        clouds: Content of clouds.yaml.
        dry: Change nothing, only tell.

    Returns:
        Paths that were (or, when dry, would be) written or had their mode corrected.
    """
    files = {password_file(clouds_file, service): password for service, password in passwords.items()}
    # By way of JSON: texts that Ansible hands over are of a class of its own, which YAML does not know.
    plain = json.loads(json.dumps(clouds))
    text = yaml.safe_dump(plain, sort_keys=False, default_flow_style=False)
    files[Path(clouds_file)] = f"# Written by the installer.\n{text}"
    changed = [path for path, text in files.items() if _differs(path, text)]
    if not dry:
        for path in changed:
            _private_directory(path.parent)
            _write(path, files[path])
    return [str(path) for path in changed]


def _differs(path: Path, text: str) -> bool:
    try:
        return path.read_text(encoding="utf-8") != text or path.stat().st_mode & 0o777 != 0o600
    except OSError:
        return True


def _private_directory(directory: Path) -> None:
    """Makes a directory, and those above it that are missing, with mode 0700."""
    missing = [directory]
    while not missing[-1].parent.exists():
        missing.append(missing[-1].parent)
    for path in reversed(missing):
        path.mkdir(mode=0o700, exist_ok=True)


def _write(path: Path, text: str) -> None:
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    Path(temporary).replace(path)
