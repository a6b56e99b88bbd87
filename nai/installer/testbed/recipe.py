"""What an image is made of; its tag is the hash of that, so a changed recipe is a new image beside the old one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nai.installer.testbed.apt import Mirrors, machine_certificates, read_mirrors, settings_for_hosts

SUITE = "trixie"

REPOSITORY = "nai-host"
"""First part of every image's name."""

BASE_PACKAGES = (
    "ca-certificates",
    "curl",
    "dbus",
    "ethtool",
    "iproute2",
    "iputils-ping",
    "kmod",
    "less",
    "netbase",
    "openssh-server",
    "procps",
    "python3",
    "python3-apt",
    "sudo",
    "systemd",
    "systemd-sysv",
)
"""What a Debian server has before anybody installs a cloud on it; `mount` and the like are essential anyway."""

PACKAGE_CACHE = ("apt-cacher-ng",)

HERE = Path(__file__).parent
ROOTFS = HERE / "rootfs"
BUILD_BASE = HERE / "scripts" / "build-base"
INSTALL_PACKAGES = HERE / "scripts" / "install-packages"
IMAGE_MAKER = HERE / "image.py"


@dataclass(frozen=True)
class Recipe:
    """How to make one image.

    Attributes:
        name: `base`, a group's name or `package-cache`.
        key: Hash of everything that goes in.
        packages: Debian packages to install.
    """

    name: str
    key: str
    packages: tuple[str, ...]

    @property
    def tag(self) -> str:
        """The engine's name for the image."""
        return f"{REPOSITORY}/{self.name}:{self.key}"


@dataclass(frozen=True)
class BaseRecipe(Recipe):
    """How to make the base image.

    Attributes:
        mirrors: Where its packages come from.
        settings: Path below the root → content of the files that carry this machine's settings.
    """

    mirrors: Mirrors
    settings: Mapping[str, bytes]


def archive_of(cache: Path, tag: str) -> Path:
    """Returns where an image is kept outside of the engine."""
    return cache / "images" / f"{tag.removeprefix(REPOSITORY + '/').replace(':', '-')}.tar.zst"


def tag_of(archive: Path) -> str:
    """Returns the tag of the image in a file: the reverse of `archive_of`."""
    name, _, key = archive.name.removesuffix(".tar.zst").rpartition("-")
    return f"{REPOSITORY}/{name}:{key}"


def digest(parts: Mapping[str, bytes]) -> str:
    """Returns twelve hex digits that change when a part's name or content changes."""
    total = hashlib.sha256()
    for name in sorted(parts):
        for text in (name.encode(), parts[name]):
            total.update(len(text).to_bytes(8, "big"))
            total.update(text)
    return total.hexdigest()[:12]


def tree(directory: Path) -> dict[str, bytes]:
    """Returns relative path and mode → content of every file below a directory."""
    return {
        f"{path.relative_to(directory)} {path.stat().st_mode & 0o111:o}": path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


def base_recipe() -> BaseRecipe:
    """Returns the recipe of the base image for this machine's mirrors and certificate authorities."""
    mirrors = read_mirrors()
    settings = settings_for_hosts(mirrors, SUITE, machine_certificates())
    parts = {
        "suite": SUITE.encode(),
        "packages": " ".join(BASE_PACKAGES).encode(),
        "script": BUILD_BASE.read_bytes(),
        **{f"rootfs/{name}": content for name, content in tree(ROOTFS).items()},
        **{f"settings/{name}": content for name, content in settings.items()},
    }
    return BaseRecipe("base", digest(parts), BASE_PACKAGES, mirrors, settings)


def packages_recipe(base: Recipe, name: str, packages: tuple[str, ...]) -> Recipe:
    """Returns the recipe of an image with packages on top of the base; the order they are listed in does not matter."""
    ordered = tuple(sorted(set(packages)))
    parts = {
        "base": base.key.encode(),
        "packages": " ".join(ordered).encode(),
        "script": INSTALL_PACKAGES.read_bytes(),
        # How the container is started shows in the image: `--init`, for one, leaves a file behind.
        "maker": IMAGE_MAKER.read_bytes(),
    }
    return Recipe(name, digest(parts), ordered)
