"""Makes the image once and keeps it in the cache under a hash of its recipe."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from nai.installer.testbed.apt import read_mirrors
from nai.installer.testbed.errors import TestbedError
from nai.installer.verification.errors import CheckFailedError

SCRIPT = Path(__file__).with_name("build-image")
INIT = Path(__file__).with_name("nai-verify-init")

PACKAGES = ("iproute2", "iputils-ping", "openssh-server")

INIT_COMMAND = "/usr/local/sbin/nai-verify-init"
NAMED_IMAGE_COMMAND = "/usr/sbin/sshd -D -e"


@dataclass(frozen=True)
class Image:
    """An image on the control host.

    Attributes:
        file: archive of a root filesystem, or of `docker save`.
        command: what an instance runs as its first process.
        own: whether it was made here: it prints its SSH host key and `READY` to the console.
        made: whether it was made just now, and not taken from the cache.
    """

    file: Path
    command: str
    own: bool
    made: bool = False


def cache_directory(state_directory: Path) -> Path:
    """Where images are kept: below NAI_CACHE_DIR or /var/cache/nai, or in the state directory of an ordinary user."""
    cache = Path(os.environ.get("NAI_CACHE_DIR", "/var/cache/nai"))
    usable = next(path for path in (cache, *cache.parents) if path.exists())
    return (cache if os.access(usable, os.W_OK) else state_directory / "cache") / "images"


def find_or_make(named: str, cache: Path) -> Image:
    """Returns the named image, or the one made here.

    Args:
        named: path of an image of the user's own, or an empty text.
        cache: directory of images.

    Raises:
        CheckFailedError: the named file does not exist, or the image cannot be made.
    """
    if named:
        file = Path(named).expanduser()
        if not file.is_file():
            raise CheckFailedError("the image that verify_image names", f"{file} does not exist on the control host")
        return Image(file, NAMED_IMAGE_COMMAND, own=False)
    suite = _suite()
    file = cache / f"verify-{suite}-{recipe_hash(suite)}.tar"
    cache.mkdir(parents=True, exist_ok=True)
    with _lock(cache / "verify.lock"):
        made = not file.exists()
        if made:
            _make(file, suite)
    return Image(file, INIT_COMMAND, own=True, made=made)


def recipe_hash(suite: str) -> str:
    """Hash of everything that goes into the image, but not of where packages come from."""
    digest = hashlib.sha256()
    for part in (suite.encode(), ",".join(PACKAGES).encode(), SCRIPT.read_bytes(), INIT.read_bytes()):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()[:12]


def _suite() -> str:
    """Codename of the control host's own Debian: its mirror and its debootstrap know it."""
    for line in Path("/etc/os-release").read_text().splitlines():
        if line.startswith("VERSION_CODENAME="):
            return line.partition("=")[2].strip('"')
    raise CheckFailedError(
        "a control host that runs Debian",
        "its /etc/os-release names no VERSION_CODENAME; name an image in verify_image",
    )


def _make(file: Path, suite: str) -> None:
    expected = "an image of the instances, made with debootstrap"
    if os.geteuid() != 0 or not shutil.which("debootstrap"):
        raise CheckFailedError(
            expected,
            "debootstrap is not installed or this is not root; install it and run as root,"
            " or name an image in verify_image",
        )
    try:
        mirrors = read_mirrors()
    except TestbedError as error:
        raise CheckFailedError(expected, str(error)) from error
    with tempfile.TemporaryDirectory(dir=file.parent, prefix="making-") as work:
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("NAI_")},
            **({"http_proxy": mirrors.proxy} if mirrors.proxy else {}),
            "LC_ALL": "C.UTF-8",
            "NAI_SUITE": suite,
            "NAI_MIRROR": mirrors.archive,
            "NAI_PACKAGES": ",".join(PACKAGES),
            "NAI_INIT": str(INIT),
            "NAI_TREE": f"{work}/tree",
            "NAI_ARCHIVE": f"{work}/image.tar",
        }
        # Namespaces of its own: whatever ends the script also ends its children and its mounts.
        command = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "/bin/bash", str(SCRIPT)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode != 0:
            last = " | ".join((done.stdout + done.stderr).strip().splitlines()[-5:])
            raise CheckFailedError(expected, f"{SCRIPT.name} ended with {done.returncode}: {last}")
        Path(f"{work}/image.tar").replace(file)


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    """Two verifications do not make the same image at once."""
    with path.open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield
