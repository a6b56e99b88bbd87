"""What a cloud offers: images, flavours, networks, keys, and what is left of the quota. Blocking."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from nai.catalogue import DeploymentFlavour, Network, NFVImage, Quota
from nai.vim.errors import VimError, VimNotFoundError
from nai.vim.openstack import reading
from nai.vim.openstack.connection import Cloud
from nai.vim.requests import VimInventory


def read_inventory(cloud: Cloud) -> VimInventory:
    """Reads images, flavours and networks."""
    return VimInventory(images=images(cloud), flavours=flavours(cloud), networks=networks(cloud))


def images(cloud: Cloud) -> list[NFVImage]:
    """Reads the images that servers can be made of now."""
    found = cloud.read("images", lambda api: list(api.image.images()))
    return [reading.image(item) for item in found if item.status == "active"]


def flavours(cloud: Cloud) -> list[DeploymentFlavour]:
    """Reads the flavours."""
    return [reading.flavour(item) for item in cloud.read("flavours", lambda api: list(api.compute.flavors()))]


def networks(cloud: Cloud) -> list[Network]:
    """Reads the networks that the project can use, and the external ones; the project's own first."""
    found = cloud.read("networks", lambda api: list(api.network.networks()))
    subnets: defaultdict[str, list[Any]] = defaultdict(list)
    for subnet in cloud.read("subnets", lambda api: list(api.network.subnets())):
        subnets[subnet.network_id].append(subnet)
    own = cloud.project_id
    # An administrator sees the networks of all projects; a server of this one cannot be attached to them.
    usable = [item for item in found if item.project_id in (own, None) or item.is_shared or item.is_router_external]
    usable.sort(key=lambda item: (item.project_id != own, item.name or "", item.created_at or "", item.id))
    return [reading.network(item, subnets[item.id]) for item in usable]


def image_id(cloud: Cloud, wanted: str) -> str:
    """Finds an image by id or name.

    Raises:
        VimNotFoundError: There is none that is active.
    """
    found = images(cloud)
    for item in found:
        if wanted in (item.ext_id, item.name):
            return str(item.ext_id)
    names = ", ".join(sorted(str(item.name) for item in found)) or "none"
    raise VimNotFoundError(f"VIM {cloud.name}: image {wanted} is not there or not active yet; active are {names}")


def flavour_id(cloud: Cloud, wanted: str) -> str:
    """Finds a flavour by id or name.

    Raises:
        VimNotFoundError: There is none.
    """
    found = flavours(cloud)
    for item in found:
        if wanted in (item.ext_id, item.flavour_key):
            return str(item.ext_id)
    names = ", ".join(sorted(str(item.flavour_key) for item in found)) or "none"
    raise VimNotFoundError(f"VIM {cloud.name}: flavour {wanted} is not there; there are {names}")


def ensure_flavour(cloud: Cloud, wanted: DeploymentFlavour) -> str:
    """Finds a flavour by name or makes it; see `VimDriver.ensure_flavour`."""
    name = str(wanted.flavour_key)
    try:
        return flavour_id(cloud, name)
    except VimNotFoundError:
        if not wanted.vcpus or not wanted.ram:
            raise
    size = {"vcpus": wanted.vcpus, "ram": wanted.ram, "disk": wanted.disk or 0}
    try:
        made = cloud.ask(f"flavour {name}", lambda api: api.compute.create_flavor(name=name, **size))
    except VimError as error:
        try:
            return flavour_id(cloud, name)  # somebody else made it meanwhile
        except VimNotFoundError:
            raise VimNotFoundError(
                f"{error}; making a flavour takes Nova's administrator: let one make {name}"
            ) from error
    return str(made.id)


def ensure_key(cloud: Cloud, name: str, public_key: str) -> None:
    """Registers a public key; see `VimDriver.ensure_key`."""
    what = f"key pair {name}"
    try:
        have = cloud.read(what, lambda api: api.compute.get_keypair(name))
    except VimNotFoundError:
        have = None
    if have is not None:
        if _key_itself(have.public_key) == _key_itself(public_key):
            return
        cloud.ask(what, lambda api: api.compute.delete_keypair(name))
    cloud.ask(what, lambda api: api.compute.create_keypair(name=name, public_key=public_key.strip()))


def public_key(cloud: Cloud, name: str) -> str:
    """Reads a registered public key.

    Raises:
        VimNotFoundError: There is none of that name.
    """
    try:
        have = cloud.read(f"key pair {name}", lambda api: api.compute.get_keypair(name))
    except VimNotFoundError as error:
        raise VimNotFoundError(f"VIM {cloud.name}: key pair {name} is not there") from error
    return str(have.public_key).strip()


def read_quota(cloud: Cloud) -> Quota:
    """Reads what is left of the quota."""
    limits = cloud.read("limits", lambda api: api.compute.get_limits()).absolute
    used_ips = cloud.read("floating IPs", lambda api: sum(1 for _ in api.network.ips(project_id=cloud.project_id)))
    try:
        ips = cloud.read("network quota", lambda api: api.network.get_quota(cloud.project_id)).floating_ips
    except VimError:
        ips = None  # up to Kilo only an administrator may read it; the cloud itself still refuses what is too much
    return Quota(
        tenant=cloud.project_id,
        instances=reading.left(limits.instances, limits.instances_used),
        cores=reading.left(limits.total_cores, limits.total_cores_used),
        ram=reading.left(limits.total_ram, limits.total_ram_used),
        key_pairs=reading.left(limits.keypairs, 0),
        floating_ips=reading.left(ips, used_ips),
    )


def _key_itself(line: str) -> list[str]:
    """Type and key of OpenSSH's one-line form, without the comment."""
    return line.split()[:2]
