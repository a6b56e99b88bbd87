"""What an engine has no place for, flavours and public keys, kept as labels of empty volumes. Blocking.

They live where the servers live, so they outlast every process and are the same for all of them.
"""

from __future__ import annotations

from typing import Any

from nai.catalogue import DeploymentFlavour
from nai.vim.docker.engine import Engine
from nai.vim.errors import VimNotFoundError

KIND = "nai.record"
NAME = "nai.name"

# vCPUs, memory in MiB and disk in GiB: Nova's own flavours, and those of role cloud for media servers.
FLAVOURS = {
    "m1.tiny": (1, 512, 1),
    "m1.small": (1, 2048, 20),
    "m1.medium": (2, 4096, 40),
    "m1.large": (4, 8192, 80),
    "m1.xlarge": (8, 16384, 160),
    "m3.medium": (1, 3840, 10),
    "d1.small": (1, 512, 10),
    "d1.medium": (2, 1024, 10),
    "d1.large": (4, 2048, 10),
}


def flavours(engine: Engine) -> dict[str, DeploymentFlavour]:
    """Reads the flavours by name."""
    sizes = dict(FLAVOURS)
    for name, labels in _all(engine, "flavour").items():
        sizes[name] = (int(labels["nai.vcpus"]), int(labels["nai.ram"]), int(labels["nai.disk"]))
    return {
        name: DeploymentFlavour(flavour_key=name, ext_id=name, vcpus=vcpus, ram=ram, disk=disk)
        for name, (vcpus, ram, disk) in sizes.items()
    }


def flavour(engine: Engine, name: str) -> DeploymentFlavour:
    """Reads one flavour.

    Raises:
        VimNotFoundError: There is none of that name.
    """
    have = flavours(engine)
    if name not in have:
        raise VimNotFoundError(f"VIM {engine.name}: flavour {name} is not there; there are {', '.join(sorted(have))}")
    return have[name]


def add_flavour(engine: Engine, wanted: DeploymentFlavour) -> None:
    """Keeps a flavour."""
    size = {"nai.vcpus": str(wanted.vcpus), "nai.ram": str(wanted.ram), "nai.disk": str(wanted.disk)}
    _keep(engine, "flavour", str(wanted.flavour_key), size)


def ensure_key(engine: Engine, name: str, public_key: str) -> None:
    """Keeps a public key; another one of that name is replaced."""
    have = _all(engine, "key").get(name)
    if have is not None:
        if have["nai.public-key"] == public_key.strip():
            return
        engine.ask(f"key {name}", lambda client: client.volumes.get(_volume("key", name)).remove())
    _keep(engine, "key", name, {"nai.public-key": public_key.strip()})


def public_key(engine: Engine, name: str) -> str:
    """Reads a public key.

    Raises:
        VimNotFoundError: There is none of that name.
    """
    have = _all(engine, "key")
    if name not in have:
        raise VimNotFoundError(f"VIM {engine.name}: key {name} is not there")
    return have[name]["nai.public-key"]


def _all(engine: Engine, kind: str) -> dict[str, dict[str, str]]:
    volumes = engine.ask(f"{kind}s", lambda client: client.volumes.list(filters={"label": f"{KIND}={kind}"}))
    labelled: list[dict[str, Any]] = [volume.attrs["Labels"] for volume in volumes]
    return {labels[NAME]: labels for labels in labelled}


def _keep(engine: Engine, kind: str, name: str, values: dict[str, str]) -> None:
    labels = {KIND: kind, NAME: name, **values}
    engine.ask(f"{kind} {name}", lambda client: client.volumes.create(_volume(kind, name), labels=labels))


def _volume(kind: str, name: str) -> str:
    return f"nai-{kind}-{name}"
