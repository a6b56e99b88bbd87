"""Images: the base by debootstrap, the others by installing packages on it."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from nai.installer.testbed.command import CommandError, run
from nai.installer.testbed.engine import Engine
from nai.installer.testbed.errors import TestbedError
from nai.installer.testbed.ownership import Owner
from nai.installer.testbed.recipe import BUILD_BASE, INSTALL_PACKAGES, ROOTFS, SUITE, BaseRecipe, Recipe, archive_of

LABEL = "nai.testbed.image"
CHANGES = ("--change", 'CMD ["/usr/local/lib/nai-host/boot"]', "--change", f"LABEL {LABEL}=1")


def ensure_base(engine: Engine, owner: Owner, recipe: BaseRecipe) -> str:
    """Makes sure the engine has the base image.

    Returns:
        What was done, empty when it was there.

    Raises:
        TestbedError: debootstrap fails, for instance because the mirror cannot be reached.
    """
    if engine.inspect("image", recipe.tag) is not None:
        return ""
    archive = archive_of(owner.cache, recipe.tag)
    outcome = "from the cache"
    if not archive.exists():
        _debootstrap(owner.cache, recipe, archive)
        outcome = "built"
    try:
        _import(engine, archive, recipe.tag)
    except CommandError:
        if outcome == "built":
            raise
        archive.unlink()  # damaged: make it again
        return ensure_base(engine, owner, recipe)
    return outcome


def _import(engine: Engine, archive: Path, tag: str) -> None:
    engine.read_from(["zstd", "-q", "-dc", str(archive)], "import", *CHANGES, "-", tag)


def _debootstrap(cache: Path, recipe: BaseRecipe, archive: Path) -> None:
    """Builds the root filesystem in namespaces that die with us: a killed build leaves files only."""
    build = cache / "build"
    remove_leftovers(build)
    for needed in (build, archive.parent):
        needed.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=build, prefix="base-") as temporary:
        work = Path(temporary)
        settings = work / "settings"
        for name, content in recipe.settings.items():
            file = settings / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
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
    for leftover in build.glob("*"):
        shutil.rmtree(leftover)


def install_packages(engine: Engine, owner: Owner, base: Recipe, recipe: Recipe, network: str, apt_cache: str) -> None:
    """Makes an image with packages installed.

    Args:
        engine: The engine.
        owner: Whose testbed; names the temporary container.
        base: What it is based on; the engine has it.
        recipe: What to make.
        network: The engine's network to reach the mirror from.
        apt_cache: `address:port` of the package cache, empty for none.

    Raises:
        TestbedError: The packages cannot be installed.
    """
    container = owner.name(f"bake-{recipe.name}")
    _remove_container(engine, container)
    # No `--init`: it leaves an empty /sbin/docker-init in the image, which an engine on the host takes for its own.
    arguments = ["--name", container, "--label", owner.label, "--network", network]
    engine("run", "--detach", *arguments, base.tag, "sleep", "infinity")
    try:
        environment = ["-e", f"NAI_PACKAGES={' '.join(recipe.packages)}", "-e", f"NAI_APT_CACHE={apt_cache}"]
        engine("exec", "--interactive", *environment, container, "bash", "-s", stdin=INSTALL_PACKAGES)
        engine("commit", *CHANGES, container, recipe.tag)
    except CommandError as error:
        raise TestbedError(f"installing the packages of {recipe.name} failed: {error}") from error
    finally:
        _remove_container(engine, container)


def _remove_container(engine: Engine, name: str) -> None:
    if engine.inspect("container", name) is not None:
        engine("rm", "--force", "--volumes", name)
