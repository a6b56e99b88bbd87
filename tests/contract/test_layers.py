"""Imports go down only: cli → services → vim → catalogue → core; hypervisor, ems and the modules stand alone."""

import ast
import sys
from pathlib import Path

import pytest

from tests.support.repository import ROOT


def imports(path: Path) -> set[str]:
    """Full names of everything a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return found


def below(folder: str) -> list[Path]:
    """Python files below a folder of the checkout."""
    return sorted(ROOT.joinpath(folder).rglob("*.py"))


@pytest.mark.parametrize("path", below("nai/installer"), ids=lambda path: str(path.relative_to(ROOT)))
def test_installer_knows_neither_the_hypervisor_nor_the_cli(path: Path) -> None:
    assert not [name for name in imports(path) if name.startswith(("nai.hypervisor", "nai.cli"))]


@pytest.mark.parametrize("path", below("nai/hypervisor"), ids=lambda path: str(path.relative_to(ROOT)))
def test_hypervisor_stands_alone(path: Path) -> None:
    # It is copied into Nova's own Python on the compute hosts, where nothing else of the package exists.
    assert not [name for name in imports(path) if name.split(".")[0] == "nai" and not name.startswith("nai.hypervisor")]


@pytest.mark.parametrize(
    "path",
    [*below("plugins/modules"), *below("plugins/module_utils")],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_modules_run_on_hosts_without_the_package(path: Path) -> None:
    assert not [name for name in imports(path) if name.split(".")[0] == "nai"]


FLOORS = {
    "core": ("nai/core", ()),
    "catalogue": ("nai/catalogue", ("nai.core",)),
    "vim": ("nai/vim", ("nai.core", "nai.catalogue")),
    "nfvo": ("nai/nfvo", ("nai.core", "nai.catalogue", "nai.vim")),
    # Of the agent it only carries the files: it sends them into the instances.
    "vnfm": ("nai/vnfm", ("nai.core", "nai.catalogue", "nai.vim")),
    "paas": (
        "nai/paas",
        ("nai.core", "nai.catalogue", "nai.nfvo.client", "nai.vnfm.media_server.client"),
    ),
    "marketplace": ("nai/marketplace", ("nai.core", "nai.catalogue")),
}
"""Each floor's folder, and what it may know beside itself. A service reaches another over the network only."""


@pytest.mark.parametrize("floor", FLOORS)
def test_a_floor_knows_only_those_below(floor: str) -> None:
    folder, known = FLOORS[floor]
    own = folder.replace("/", ".")
    allowed = (own, *known)
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in below(folder)
        for name in imports(path)
        if name.split(".")[0] == "nai" and not within(name, allowed)
    ]
    assert not wrong


CLIENTS = ("nai/nfvo/client", "nai/vnfm/media_server/client", "nai/paas/client")
"""What other services speak to a service with: a package or a module."""


@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_needs_only_the_catalogue_and_core(client: str) -> None:
    module = ROOT / f"{client}.py"
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in ([module] if module.exists() else below(client))
        for name in imports(path)
        if name.split(".")[0] == "nai" and not within(name, (client.replace("/", "."), "nai.core", "nai.catalogue"))
    ]
    assert not wrong


@pytest.mark.parametrize("manager", ["generic", "media_server"])
def test_a_vnfm_does_not_know_another(manager: str) -> None:
    allowed = (f"nai.vnfm.{manager}", "nai.vnfm.sdk", "nai.core", "nai.catalogue", "nai.vim")
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in below(f"nai/vnfm/{manager}")
        for name in imports(path)
        if name.split(".")[0] == "nai" and not within(name, allowed)
    ]
    assert not wrong


@pytest.mark.parametrize(
    ("package", "further"),
    [
        # Inside instances, with whatever Python their image has; its AMQP client is its own.
        ("nai/ems", ()),
        # The only program of an image that has Debian's python3-websockets besides.
        ("nai/kurento_stand_in", ("websockets",)),
    ],
)
def test_what_runs_in_instances_stands_alone(package: str, further: tuple[str, ...]) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in below(package)
        for name in imports(path)
        if name.split(".")[0] not in {*sys.stdlib_module_names, *further}
        and not name.startswith(package.replace("/", "."))
    ]
    assert not wrong


def test_the_installer_knows_no_service() -> None:
    services = (
        "nai.core",
        "nai.catalogue",
        "nai.vim",
        "nai.nfvo",
        "nai.vnfm",
        "nai.paas",
        "nai.marketplace",
        "nai.ems",
    )
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in below("nai/installer")
        for name in imports(path)
        if name != "nai" and within(name, services)
    ]
    assert not wrong


def within(name: str, packages: tuple[str, ...]) -> bool:
    """Whether a module is one of the packages or lies in one; the root, which has the version only, is everybody's."""
    return name == "nai" or any(name == package or name.startswith(f"{package}.") for package in packages)
