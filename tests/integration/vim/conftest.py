"""The machine's own Docker engine, and a small image made here."""

from __future__ import annotations

import contextlib
import io
import shutil
import subprocess
import tarfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import docker
import pytest

from nai.catalogue import VimInstance
from nai.vim import DriverOptions
from nai.vim.docker.driver import DockerDriver

PROGRAMS = ("sh", "sleep", "cat", "mkdir", "hostname", "httpd", "echo")


def engine_answers() -> bool:
    """Whether there is a Docker engine to test with."""
    return (
        shutil.which("docker") is not None
        and subprocess.run(["docker", "version"], capture_output=True, check=False).returncode == 0
    )


def busybox_tree() -> bytes:
    """Returns a root file system as a tar: a static busybox under the names of its programs."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        tar.add(str(shutil.which("busybox")), "bin/busybox")
        for name in PROGRAMS:
            link = tarfile.TarInfo(f"bin/{name}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            tar.addfile(link)
        for name in ("root", "tmp"):
            directory = tarfile.TarInfo(name)
            directory.type, directory.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(directory)
    return packed.getvalue()


@dataclass
class Lab:
    """A driver with names of its own, so that runs side by side do not meet.

    Attributes:
        driver: Of the local engine.
        prefix: What every name here starts with.
        image: Image whose command is a web server at port 8080.
        ends: Image whose command ends at once.
        client: The engine itself.
    """

    driver: DockerDriver
    prefix: str
    image: str
    ends: str
    client: Any


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """The local engine; everything made with it is removed at the end."""
    if not engine_answers():
        pytest.skip("no Docker engine answers here")
    if shutil.which("busybox") is None:
        pytest.skip("not installed: busybox-static")
    client: Any = docker.from_env()
    prefix = f"naitest-{uuid.uuid4().hex[:8]}"
    tree = busybox_tree()
    serves = ['CMD ["httpd", "-f", "-p", "8080", "-h", "/root"]', "EXPOSE 8080/tcp"]
    client.api.import_image_from_data(tree, repository=f"{prefix}-web", tag="latest", changes=serves)
    ends = ['CMD ["sh", "-c", "echo no licence found; exit 3"]']
    client.api.import_image_from_data(tree, repository=f"{prefix}-ends", tag="latest", changes=ends)
    driver = DockerDriver(VimInstance(name=prefix, type="docker"), DriverOptions(server_timeout_seconds=20))
    try:
        yield Lab(driver, prefix, f"{prefix}-web", f"{prefix}-ends", client)
    finally:
        for container in client.containers.list(all=True, filters={"label": f"nai.vim={prefix}"}):
            container.remove(force=True, v=True)
        for network in client.networks.list(filters={"label": f"nai.vim={prefix}"}):
            network.remove()
        for kind in ("key", "flavour"):
            with contextlib.suppress(docker.errors.NotFound):
                client.volumes.get(f"nai-{kind}-{prefix}").remove()
        for image in (f"{prefix}-web", f"{prefix}-ends"):
            client.images.remove(image, force=True)
        client.close()
