"""Images: the base by debootstrap, the others by installing packages on it; each is kept as a file beside the engine."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from nai.installer.testbed.checkout import Checkout
from nai.installer.testbed.command import CommandError, run
from nai.installer.testbed.engine import Engine
from nai.installer.testbed.errors import TestbedError
from nai.installer.testbed.recipe import BUILD_BASE, INSTALL_PACKAGES, ROOTFS, SUITE, BaseRecipe, Recipe

LABEL = "nai.testbed.image"
CHANGES = ("--change", 'CMD ["/usr/local/lib/nai-host/boot"]', "--change", f"LABEL {LABEL}=1")
KEPT = 2
"""Versions of an image that stay, so that two checkouts with different recipes do not chase each other."""


def ensure_base(engine: Engine, checkout: Checkout, recipe: BaseRecipe) -> str:
    """Makes sure the engine has the base image.

    Returns:
        What was done, empty when it was there.

    Raises:
        TestbedError: debootstrap fails, for instance because the mirror cannot be reached.
    """
    if engine.inspect("image", recipe.tag):
        return ""
    archive = recipe.archive(checkout.cache)
    outcome = "from the cache"
    if not archive.exists():
        _debootstrap(checkout.cache, recipe, archive)
        outcome = "built"
    try:
        _import(engine, archive, recipe.tag)
    except CommandError:
        if outcome == "built":
            raise
        archive.unlink()  # damaged: make it again
        return ensure_base(engine, checkout, recipe)
    return outcome


def _import(engine: Engine, archive: Path, tag: str) -> None:
    engine.read_from(["zstd", "-q", "-dc", str(archive)], "import", *CHANGES, "-", tag)


def _debootstrap(cache: Path, recipe: BaseRecipe, archive: Path) -> None:
    """Builds the root filesystem in namespaces that die with us: an interrupted build leaves files, no process and no mount."""
    build = cache / "build"
    remove_leftovers(build)
    for directory in (build, archive.parent):
        directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=build, prefix="base-") as directory:
        work = Path(directory)
        settings = work / "settings"
        for name, content in recipe.settings.items():
            path = settings / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        made = work / "archive"
        (work / "tree").mkdir()
        environment = {
            **os.environ,
            "NAI_TREE": str(work / "tree"),
            "NAI_ARCHIVE": str(made),
            "NAI_SUITE": SUITE,
            "NAI_MIRROR": recipe.mirrors.archive,
            "NAI_PACKAGES": ",".join(recipe.packages),
            "NAI_ROOTFS": str(ROOTFS),
            "NAI_SETTINGS": str(settings),
            "NAI_DOWNLOADS": str(cache / "debootstrap"),
        }
        if recipe.mirrors.proxy:
            environment["http_proxy"] = recipe.mirrors.proxy
        isolation = ["setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "--pid", "--fork", "--kill-child=KILL"]
        try:
            run([*isolation, str(BUILD_BASE)], env=environment)
        except CommandError as error:
            raise TestbedError(f"the base image from {recipe.mirrors.archive} failed: {error}") from error
        made.replace(archive)


def remove_leftovers(build: Path) -> None:
    """Removes what killed builds left; no process of theirs lives, their namespaces died with them."""
    for path in build.glob("*"):
        shutil.rmtree(path)


def ensure_packages_image(
    engine: Engine, checkout: Checkout, base: Recipe, recipe: Recipe, network: str, apt_cache: str
) -> str:
    """Makes sure the engine has an image with packages installed.

    Args:
        engine: The engine.
        checkout: Whose testbed; names the temporary container.
        base: What it is based on; the engine has it.
        recipe: What to make.
        network: The engine's network to reach the mirror from.
        apt_cache: `address:port` of the package cache, empty for none.

    Returns:
        What was done, empty when it was there.

    Raises:
        TestbedError: The packages cannot be installed.
    """
    if engine.inspect("image", recipe.tag):
        return ""
    if recipe.archive(checkout.cache).exists():
        try:
            engine.read_from(["zstd", "-q", "-dc", str(recipe.archive(checkout.cache))], "load", "--quiet")
        except CommandError:
            recipe.archive(checkout.cache).unlink()  # damaged: make it again
        else:
            return "from the cache"
    container = checkout.name(f"bake-{recipe.name}")
    _remove_container(engine, container)
    arguments = ["--name", container, "--label", checkout.label, "--network", network, "--init"]
    engine("run", "--detach", *arguments, base.tag, "sleep", "infinity")
    try:
        environment = ["-e", f"NAI_PACKAGES={' '.join(recipe.packages)}", "-e", f"NAI_APT_CACHE={apt_cache}"]
        engine("exec", "--interactive", *environment, container, "bash", "-s", stdin=INSTALL_PACKAGES)
        engine("commit", *CHANGES, container, recipe.tag)
    except CommandError as error:
        raise TestbedError(f"installing the packages of {recipe.name} failed: {error}") from error
    finally:
        _remove_container(engine, container)
    return f"{len(recipe.packages)} packages installed"


def _remove_container(engine: Engine, name: str) -> None:
    if engine.inspect("container", name):
        engine("rm", "--force", "--volumes", name)


def ensure_archive(engine: Engine, cache: Path, recipe: Recipe) -> bool:
    """Keeps an image as a file, so that a wiped engine is filled again without installing.

    Returns:
        Whether the file was written.
    """
    archive = recipe.archive(cache)
    if archive.exists():
        return False
    archive.parent.mkdir(parents=True, exist_ok=True)
    part = archive.with_suffix(".part")
    engine.write_to(["zstd", "-q", "-1", "-T0", "-f", "-o", str(part)], "save", recipe.tag)
    part.replace(archive)
    return True


def prune(engine: Engine, cache: Path, current: Iterable[Recipe]) -> list[str]:
    """Removes old versions of images, in the engine and as files; the engine refuses to remove what a container uses.

    Returns:
        What was removed.
    """
    removed = []
    for recipe in current:
        files = sorted((cache / "images").glob(f"{recipe.name}-*.tar.zst"), key=lambda path: -path.stat().st_mtime)
        for path in files[KEPT:]:
            if path != recipe.archive(cache):
                path.unlink()
                removed.append(path.name)
        tags = engine("image", "ls", f"nai-host/{recipe.name}", "--format", "{{.Repository}}:{{.Tag}}").split()
        for tag in tags[KEPT:]:  # newest first
            if tag != recipe.tag and not engine("ps", "--all", "--quiet", "--filter", f"ancestor={tag}"):
                engine("image", "rm", tag)
                removed.append(tag)
    return removed
