#!/usr/bin/python
# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""A VNF package of the orchestrator."""

from __future__ import annotations

DOCUMENTATION = r"""
module: nfvo_package
short_description: VNF package of the orchestrator
description:
  - Uploads a VNF package (C(Metadata.yaml), C(vnfd.json), C(scripts/)) from a folder or a tar file on the host.
  - The hashes of its files are kept in the package's record, so that what changed is known. Changed scripts are
    replaced in place; anything else makes the package anew, which the orchestrator refuses while a network service
    descriptor uses its function.
version_added: 0.1.0
author: The NAI authors
options:
  state:
    description: V(absent) removes it with the descriptor of its function.
    type: str
    choices: [present, absent]
    default: present
  name:
    description: Name of the package, as its C(Metadata.yaml) says it.
    type: str
    required: true
  src:
    description: Folder of the package, or its tar file. Required for O(state=present).
    type: path
extends_documentation_fragment: [nubomedia.nai.nfvo]
attributes:
  check_mode:
    description: Tells what would change. Where the orchestrator does not answer yet, everything would.
    support: full
  diff_mode:
    description: Shows which files differ.
    support: full
"""

EXAMPLES = r"""
- name: On-board the cloud repository
  nubomedia.nai.nfvo_package:
    url: http://127.0.0.1:8080
    password: "{{ nfvo_admin_password }}"
    name: mongodb
    src: /etc/nai/packages/mongodb
"""

RETURN = r"""
id:
  description: Id of the package; empty when it is not there (yet).
  returned: when the orchestrator could be asked
  type: str
  sample: 0d3ab2d7-5d0a-4d4c-8d2b-1f4d4c0c7b11
changes:
  description: What was (or would be) changed, one line each.
  returned: when the orchestrator could be asked
  type: list
  elements: str
  sample: ["package mongodb: created"]
"""

import hashlib  # noqa: E402
import io  # noqa: E402
import tarfile  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from ansible.module_utils.basic import AnsibleModule  # noqa: E402
from ansible_collections.nubomedia.nai.plugins.module_utils.nfvo import (  # noqa: E402
    NFVO_ARGUMENTS,
    Nfvo,
    NfvoError,
    run,
)
from ansible_collections.nubomedia.nai.plugins.module_utils.state_diff import StateDiff  # noqa: E402

COLLECTION = "vnf-packages"
HASHES = "fileHashes"
"""Field of ours in the package's record; fields that it does not know are kept by the orchestrator."""

SCRIPTS = "scripts/"


class Package:
    """The package of a name, and the requests that bring it to what is wanted."""

    def __init__(self, nfvo: Nfvo, name: str, check_mode: bool) -> None:
        """Lists the packages of the project."""
        self.nfvo = nfvo
        self.name = name
        self.check_mode = check_mode
        self.diff = StateDiff()
        self.have = self._find()

    @property
    def id(self) -> str:
        """Id of the package; empty where there is none."""
        return str((self.have or {}).get("id", ""))

    def ensure(self, files: dict[str, bytes]) -> None:
        """Uploads it, or brings what differs to what the files say."""
        hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
        if self.have is None:
            self.diff.created("package", self.name, {"files": len(files)})
            if not self.check_mode:
                self._upload(files, hashes)
            return
        known: dict[str, str] = self.have.get(HASHES) or {}
        differing = sorted(name for name in {*hashes, *known} if hashes.get(name) != known.get(name))
        if not differing:
            return
        for name in differing:
            self.diff.updated(
                "package", f"{self.name} {name}", {"sha256": known.get(name)}, {"sha256": hashes.get(name)}
            )
        if self.check_mode:
            return
        # A script that came or went, and everything else, is part of the function's descriptor or of the record.
        if known and all(name.startswith(SCRIPTS) and name in hashes and name in known for name in differing):
            self._replace_scripts({name: files[name] for name in differing}, hashes)
        else:
            self.nfvo.delete(COLLECTION, self.id)
            self._upload(files, hashes)

    def remove(self) -> None:
        """Removes it."""
        if self.have is not None:
            self.diff.removed("package", self.name)
            if not self.check_mode:
                self.nfvo.delete(COLLECTION, self.id)
            self.have = None

    def _find(self) -> dict[str, Any] | None:
        listed = self.nfvo.get(COLLECTION) or []
        return next((item for item in listed if item["name"] == self.name), None)

    def _upload(self, files: dict[str, bytes], hashes: dict[str, str]) -> None:
        self.nfvo.upload(COLLECTION, name=f"{self.name}.tar", content=packed(files))
        self.have = self._find()
        if self.have is None:
            raise NfvoError(f"the package was taken, but none is named {self.name}: does Metadata.yaml say that name?")
        self._keep(hashes)

    def _replace_scripts(self, scripts: dict[str, bytes], hashes: dict[str, str]) -> None:
        have = {script["name"]: script["id"] for script in (self.have or {}).get("scripts") or []}
        for path, content in scripts.items():
            name = path[len(SCRIPTS) :].rpartition("/")[2]
            if name not in have:
                raise NfvoError(f"package {self.name} has no script {name} in the orchestrator; remove it first")
            where = (COLLECTION, self.id, "scripts", have[name])
            self.nfvo.request("PUT", where, content, "text/plain")
        self._keep(hashes)

    def _keep(self, hashes: dict[str, str]) -> None:
        self.have = self.nfvo.put(COLLECTION, self.id, body={**(self.have or {}), HASHES: hashes})


def read(source: Path) -> dict[str, bytes]:
    """Returns the files of a package by their paths in it.

    Args:
        source: A folder or a tar file.

    Raises:
        NfvoError: It is neither, or lacks what a package has.
    """
    if source.is_dir():
        paths = sorted(path for path in source.rglob("*") if path.is_file())
        files = {path.relative_to(source).as_posix(): path.read_bytes() for path in paths}
    elif source.is_file() and tarfile.is_tarfile(source):
        with tarfile.open(source) as tar:
            streams = [(member.name, tar.extractfile(member)) for member in tar.getmembers()]
            files = {_clean(name): stream.read() for name, stream in streams if stream is not None}
    else:
        raise NfvoError(f"src {source} is neither a folder nor a tar file on this host")
    if "Metadata.yaml" not in files:
        raise NfvoError(f"src {source} is no VNF package: it has no Metadata.yaml")
    return files


def packed(files: dict[str, bytes]) -> bytes:
    """Returns the files as a tar; the same files make the same tar."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for name, content in sorted(files.items()):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o755 if name.startswith(SCRIPTS) else 0o644
            tar.addfile(entry, io.BytesIO(content))
    return stream.getvalue()


def _clean(name: str) -> str:
    return name[2:] if name.startswith("./") else name


def main() -> None:
    """Runs the module."""
    module = AnsibleModule(
        argument_spec={
            **NFVO_ARGUMENTS,
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "name": {"type": "str", "required": True},
            "src": {"type": "path"},
        },
        required_if=[("state", "present", ["src"])],
        supports_check_mode=True,
    )

    def body(nfvo: Nfvo) -> dict[str, Any]:
        present = module.params["state"] == "present"
        files = read(Path(module.params["src"])) if present else {}
        package = Package(nfvo, module.params["name"], module.check_mode)
        if present:
            package.ensure(files)
        else:
            package.remove()
        result: dict[str, Any] = package.diff.result(id=package.id)
        return result

    run(module, body)


if __name__ == "__main__":
    main()
