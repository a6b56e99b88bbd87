"""Virtual infrastructure in memory, or in one file that several processes share and that outlives them.

It behaves as a cloud does where callers depend on it: a server is there from the request on (BUILD) and ACTIVE later,
names are identities, quotas run out, floating IPs are limited, and anything can fail or kill the caller's process.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import signal
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal

from nai.catalogue import DeploymentFlavour, Network, NFVImage, Quota, Server, Subnet, VimInstance
from nai.core.clock import Clock, SystemClock
from nai.core.identifiers import deterministic_id
from nai.vim import driver as vim
from nai.vim import register_driver

TYPE = "memory"
"""`type` of the VIM instances that `register` opens."""

When = Literal["before", "after"]

UNLIMITED = 2**31 - 1

_ERRORS: dict[str, type[vim.VimError]] = {
    error.__name__: error
    for error in (
        vim.VimError,
        vim.VimNotFoundError,
        vim.VimQuotaError,
        vim.VimTimeoutError,
        vim.VimUnreachableError,
    )
}

FLAVOURS = (
    DeploymentFlavour(flavour_key="m1.small", ram=2048, vcpus=1, disk=10),
    DeploymentFlavour(flavour_key="d1.small", ram=512, vcpus=1, disk=5),
    DeploymentFlavour(flavour_key="d1.medium", ram=1024, vcpus=2, disk=5),
    DeploymentFlavour(flavour_key="d1.large", ram=2048, vcpus=4, disk=5),
    DeploymentFlavour(flavour_key="m3.medium", ram=1024, vcpus=1, disk=10),
)


class MemoryVim:
    """A `VimDriver` over a dictionary.

    `creations`, `deletions` and `calls` tell what was really done: `creations["media-1"] == 1` proves that a server was
    made once, however often it was asked for.
    """

    def __init__(
        self,
        *,
        images: Sequence[str] = ("kms", "cloud-repo-cdn", "generic"),
        flavours: Sequence[DeploymentFlavour] = FLAVOURS,
        quota: Mapping[str, int] | None = None,
        state_file: Path | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Starts empty, or with what the file holds.

        Args:
            images: Names of its images.
            flavours: Its flavours.
            quota: Limits by name: `instances`, `cores`, `ram` (MiB), `floating_ips`; others are unlimited.
            state_file: Where everything is kept, faults and counters too; None keeps it in this process.
            clock: Delays are waited for with it.
        """
        self._clock = clock or SystemClock()
        self._file = state_file
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._data: dict[str, Any] = {
            "images": {name: deterministic_id("image", name) for name in images},
            "flavours": {
                item.flavour_key: {"vcpus": item.vcpus, "ram": item.ram, "disk": item.disk} for item in flavours
            },
            "networks": {"external": {"external": True, "cidr": "172.24.4.0/24"}},
            "servers": {},
            "keys": {},
            "quota": dict(quota or {}),
            "faults": [],
            "delays": {},
            "creations": {},
            "deletions": {},
            "calls": [],
            "addresses": 0,
        }
        if state_file is not None and not state_file.exists():
            self._save()

    # What a test arranges.

    def fail(
        self,
        operation: str,
        error: vim.VimError | str = "the infrastructure is out of order",
        *,
        name: str = "*",
        times: int = 1,
        when: When = "before",
    ) -> None:
        """Makes an operation fail.

        Args:
            operation: Name of the driver's method.
            error: What is raised.
            name: Pattern of the name that the operation is about.
            times: How often it happens; -1 for always.
            when: `before` anything is done, or `after` all is done (the answer was lost).
        """
        if isinstance(error, str):
            error = vim.VimError(error)
        self._add_fault(operation, name, times, when, kind=type(error).__name__, text=str(error))

    def fail_in_the_cloud(self, fault: str = "No valid host was found.", *, name: str = "*", times: int = 1) -> None:
        """Makes new servers go to ERROR with a reason, as Nova reports what its compute hosts could not do."""
        self._add_fault("create_server", name, times, "before", kind="server-error", text=fault)

    def kill_the_process(self, operation: str, *, name: str = "*", times: int = 1, when: When = "after") -> None:
        """Makes the process that calls an operation die by SIGKILL, before or after the infrastructure did it."""
        self._add_fault(operation, name, times, when, kind="kill", text="")

    def heal(self) -> None:
        """Ends all faults."""
        with self._state() as state:
            state["faults"].clear()

    def delay(self, operation: str, seconds: float) -> None:
        """Makes an operation take time; a server that is created is in BUILD meanwhile. 0 ends it."""
        with self._state() as state:
            state["delays"][operation] = seconds

    def set_quota(self, **limits: int) -> None:
        """Changes limits."""
        with self._state() as state:
            state["quota"].update(limits)

    def set_status(self, name: str, status: str, fault: str = "") -> None:
        """Changes a server behind everybody's back, e.g. to SHUTOFF or ERROR."""
        with self._state() as state:
            state["servers"][name].update(status=status, fault=fault)

    def lose(self, name: str) -> None:
        """Removes a server behind everybody's back: its host burnt down."""
        with self._state() as state:
            del state["servers"][name]

    def add_image(self, name: str) -> None:
        """Adds an image."""
        with self._state() as state:
            state["images"][name] = deterministic_id("image", name)

    # What a test looks at.

    @property
    def creations(self) -> Counter[str]:
        """How often a server of a name was really made."""
        with self._state() as state:
            return Counter(state["creations"])

    @property
    def deletions(self) -> Counter[str]:
        """How often a server of a name was really removed."""
        with self._state() as state:
            return Counter(state["deletions"])

    @property
    def calls(self) -> list[tuple[str, str]]:
        """Every call: the driver's method and the name it was about."""
        with self._state() as state:
            return [(operation, name) for operation, name in state["calls"]]

    @property
    def servers(self) -> dict[str, Server]:
        """The servers that are there."""
        with self._state() as state:
            return {name: _server(name, values) for name, values in state["servers"].items()}

    def user_data(self, name: str) -> str:
        """User data that a server was made with."""
        with self._state() as state:
            return str(state["servers"][name]["user_data"])

    def request(self, name: str) -> dict[str, Any]:
        """Image, flavour, keys and security groups that a server was made with."""
        with self._state() as state:
            values = state["servers"][name]
            return {key: deepcopy(values[key]) for key in ("image", "flavour", "keys", "security_groups")}

    def opener(self) -> Callable[[VimInstance], vim.VimDriver]:
        """A stand-in for `open_driver` that gives this one for every VIM instance."""
        return lambda _instance: self

    # The driver.

    async def refresh(self) -> vim.VimInventory:
        """See `VimDriver`."""
        async with self._operation("refresh", "") as state:
            return vim.VimInventory(
                images=[
                    NFVImage(ext_id=ext_id, name=name, container_format="docker", disk_format="raw")
                    for name, ext_id in state["images"].items()
                ],
                flavours=[_flavour(name, values) for name, values in state["flavours"].items()],
                networks=[_network(name, values) for name, values in state["networks"].items()],
            )

    async def quota(self) -> Quota:
        """See `VimDriver`."""
        async with self._operation("quota", "") as state:
            used = _used(state)
            left = {key: max(limit - used[key], 0) for key, limit in state["quota"].items()}
            return Quota(
                tenant="memory",
                instances=left.get("instances", UNLIMITED),
                cores=left.get("cores", UNLIMITED),
                ram=left.get("ram", UNLIMITED),
                floating_ips=left.get("floating_ips", UNLIMITED),
                key_pairs=UNLIMITED,
            )

    async def ensure_flavour(self, flavour: DeploymentFlavour) -> str:
        """See `VimDriver`."""
        name = str(flavour.flavour_key)
        async with self._operation("ensure_flavour", name) as state:
            if name not in state["flavours"]:
                if not flavour.vcpus or not flavour.ram:
                    raise vim.VimNotFoundError(f"flavour {name} is not there")
                state["flavours"][name] = {"vcpus": flavour.vcpus, "ram": flavour.ram, "disk": flavour.disk or 0}
            return deterministic_id("flavour", name)

    async def ensure_network(self, name: str) -> Network:
        """See `VimDriver`."""
        async with self._operation("ensure_network", name) as state:
            networks = state["networks"]
            if name not in networks:
                networks[name] = {"external": False, "cidr": f"192.168.{len(networks)}.0/24"}
            return _network(name, networks[name])

    async def ensure_key(self, name: str, public_key: str) -> None:
        """See `VimDriver`."""
        async with self._operation("ensure_key", name) as state:
            state["keys"][name] = public_key

    async def create_server(self, request: vim.ServerRequest) -> Server:
        """See `VimDriver`."""
        async with self._locks[request.name]:
            await self._before("create_server", request.name)
            with self._state() as state:
                if request.name not in state["servers"]:
                    self._build(state, request)
            await self._wait("create_server")
            with self._state() as state:
                values = state["servers"].get(request.name)
                if values is None:
                    raise vim.VimError(f"server {request.name} was deleted while it was made")
                if values["status"] in ("BUILD", "SHUTOFF"):
                    values["status"] = "ERROR" if values["fault"] else "ACTIVE"
                if values["status"] == "ERROR":
                    raise vim.VimError(f"server {request.name} failed: {values['fault']}")
                made = _server(request.name, values)
            self._strike("create_server", request.name, "after")
            return made

    async def find_server(self, name: str) -> Server | None:
        """See `VimDriver`."""
        async with self._operation("find_server", name) as state:
            values = state["servers"].get(name)
            return None if values is None else _server(name, values)

    async def list_servers(self, prefix: str) -> list[Server]:
        """See `VimDriver`."""
        async with self._operation("list_servers", prefix) as state:
            return [
                _server(name, values) for name, values in sorted(state["servers"].items()) if name.startswith(prefix)
            ]

    async def delete_server(self, name: str) -> None:
        """See `VimDriver`."""
        async with self._operation("delete_server", name) as state:
            if state["servers"].pop(name, None) is not None:
                state["deletions"][name] = state["deletions"].get(name, 0) + 1

    async def start_server(self, name: str) -> None:
        """See `VimDriver`."""
        await self._set_power("start_server", name, "ACTIVE")

    async def stop_server(self, name: str) -> None:
        """See `VimDriver`."""
        await self._set_power("stop_server", name, "SHUTOFF")

    async def close(self) -> None:
        """See `VimDriver`; the infrastructure stays."""

    # Inside.

    async def _set_power(self, operation: str, name: str, status: str) -> None:
        async with self._operation(operation, name) as state:
            if name not in state["servers"]:
                raise vim.VimNotFoundError(f"server {name} is not there")
            state["servers"][name]["status"] = status

    def _build(self, state: dict[str, Any], request: vim.ServerRequest) -> None:
        """Notes a server in BUILD, after the checks that an API does before it answers."""
        image = request.image
        if image not in state["images"] and image not in state["images"].values():
            raise vim.VimNotFoundError(f"image {image} is not there; known are {', '.join(state['images'])}")
        flavour = next(
            (key for key in state["flavours"] if request.flavour in (key, deterministic_id("flavour", key))), None
        )
        if flavour is None:
            raise vim.VimNotFoundError(f"flavour {request.flavour} is not there")
        networks = []
        for attachment in request.networks:
            name = next((key for key in state["networks"] if attachment.network in (key, _network_id(key))), None)
            if name is None:
                raise vim.VimNotFoundError(f"network {attachment.network} is not there")
            networks.append((name, attachment.floating_ip))
        for key in request.keys:
            if key not in state["keys"]:
                raise vim.VimNotFoundError(f"key {key} is not there")
        _check_quota(state, request.name, flavour, sum(1 for _name, wanted in networks if wanted))
        fault = self._take_fault(state, "create_server", request.name, "before", ("server-error",))
        ips: dict[str, list[str]] = {}
        floating: dict[str, str] = {}
        for name, wanted in networks:
            state["addresses"] += 1
            prefix = state["networks"][name]["cidr"].rsplit(".", 1)[0]
            ips.setdefault(name, []).append(f"{prefix}.{state['addresses'] % 250 + 2}")
            if wanted:
                floating[name] = (
                    f"172.24.{4 + state['addresses'] // 250}.{state['addresses'] % 250 + 2}"
                    if wanted == vim.ANY_FLOATING_IP
                    else wanted
                )
        number = state["creations"].get(request.name, 0) + 1
        state["creations"][request.name] = number
        state["servers"][request.name] = {
            "ext_id": deterministic_id("server", request.name, str(number)),
            "status": "BUILD",
            "fault": fault["text"] if fault else "",
            "image": image,
            "flavour": flavour,
            "keys": list(request.keys),
            "security_groups": list(request.security_groups),
            "user_data": request.user_data,
            "ips": ips,
            "floating_ips": floating,
            "size": state["flavours"][flavour],
        }

    @contextmanager
    def _state(self) -> Iterator[dict[str, Any]]:
        """The state; what was changed is saved, also by a process that fails right after."""
        if self._file is None:
            yield self._data
            return
        with self._file.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._data = json.loads(self._file.read_text())
            before = json.dumps(self._data)
            try:
                yield self._data
            finally:
                if json.dumps(self._data) != before:
                    self._save()

    def _save(self) -> None:
        """Replaces the file at once, so that a killed process leaves the old state or the new one."""
        assert self._file is not None
        new = self._file.with_suffix(f".{os.getpid()}")
        new.write_text(json.dumps(self._data))
        new.replace(self._file)

    def _operation(self, operation: str, name: str) -> _Operation:
        return _Operation(self, operation, name)

    async def _before(self, operation: str, name: str) -> None:
        with self._state() as state:
            state["calls"].append([operation, name])
        await asyncio.sleep(0)
        self._strike(operation, name, "before")

    async def _wait(self, operation: str) -> None:
        with self._state() as state:
            seconds = state["delays"].get(operation, 0)
        if seconds:
            await self._clock.sleep(seconds)

    def _add_fault(self, operation: str, name: str, times: int, when: When, *, kind: str, text: str) -> None:
        with self._state() as state:
            state["faults"].append(
                {"operation": operation, "name": name, "times": times, "when": when, "kind": kind, "text": text}
            )

    def _strike(self, operation: str, name: str, when: When) -> None:
        with self._state() as state:
            fault = self._take_fault(state, operation, name, when, ("kill", *_ERRORS))
        if fault is None:
            return
        if fault["kind"] == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        raise _ERRORS[fault["kind"]](fault["text"])

    @staticmethod
    def _take_fault(
        state: dict[str, Any], operation: str, name: str, when: When, kinds: Sequence[str]
    ) -> dict[str, Any] | None:
        for fault in state["faults"]:
            planned = (fault["operation"], fault["when"]) == (operation, when) and fault["kind"] in kinds
            if planned and fault["times"] and fnmatchcase(name, fault["name"]):
                fault["times"] -= 1
                return dict(fault)
        return None


class _Operation:
    """What all operations do around their own work: count, delay, fail before or after."""

    def __init__(self, owner: MemoryVim, operation: str, name: str) -> None:
        self._owner, self._operation, self._name = owner, operation, name

    async def __aenter__(self) -> dict[str, Any]:
        owner = self._owner
        await owner._before(self._operation, self._name)
        await owner._wait(self._operation)
        self._context = owner._state()
        return self._context.__enter__()

    async def __aexit__(self, kind: Any, error: Any, trace: Any) -> None:
        self._context.__exit__(kind, error, trace)
        if error is None:
            self._owner._strike(self._operation, self._name, "after")


def register() -> None:
    """Lets `open_driver` open VIM instances of type `memory`: `authUrl` is the `file://` URL of the state.

    A test that starts a service as a process of its own calls it there, and opens the same file beside it.
    """
    register_driver(TYPE, lambda instance, _options: MemoryVim(state_file=_path(instance)))


def memory_instance(state_file: Path, name: str = "memory-vim") -> VimInstance:
    """The VIM instance that `register` opens over a state file."""
    return VimInstance(
        name=name,
        type=TYPE,
        auth_url=state_file.absolute().as_uri(),
        tenant="memory",
        username="admin",
        password="a-secret",
    )


def _path(instance: VimInstance) -> Path:
    return Path(str(instance.auth_url).removeprefix("file://"))


def _network_id(name: str) -> str:
    return deterministic_id("network", name)


def _network(name: str, values: Mapping[str, Any]) -> Network:
    subnet = Subnet(
        name=f"{name}-subnet",
        ext_id=deterministic_id("subnet", name),
        network_id=_network_id(name),
        cidr=values["cidr"],
        gateway_ip=values["cidr"].rsplit(".", 1)[0] + ".1",
    )
    return Network(name=name, ext_id=_network_id(name), external=values["external"], subnets=[subnet])


def _flavour(name: str, values: Mapping[str, Any]) -> DeploymentFlavour:
    return DeploymentFlavour(flavour_key=name, ext_id=deterministic_id("flavour", name), **values)


def _server(name: str, values: Mapping[str, Any]) -> Server:
    return Server(
        name=name,
        ext_id=values["ext_id"],
        status=values["status"],
        extended_status=values["fault"] or None,
        host_name=name,
        hypervisor_host_name="compute1",
        image=NFVImage(name=values["image"]),
        flavor=_flavour(values["flavour"], values["size"]),
        ips=deepcopy(values["ips"]),
        floating_ips=dict(values["floating_ips"]),
    )


def _used(state: Mapping[str, Any]) -> Counter[str]:
    used: Counter[str] = Counter()
    for values in state["servers"].values():
        used["instances"] += 1
        used["cores"] += values["size"]["vcpus"]
        used["ram"] += values["size"]["ram"]
        used["floating_ips"] += len(values["floating_ips"])
    return used


def _check_quota(state: Mapping[str, Any], name: str, flavour: str, floating_ips: int) -> None:
    size = state["flavours"][flavour]
    used = _used(state)
    wanted = {"instances": 1, "cores": size["vcpus"], "ram": size["ram"], "floating_ips": floating_ips}
    for key, amount in wanted.items():
        limit = state["quota"].get(key, UNLIMITED)
        if amount and used[key] + amount > limit:
            raise vim.VimQuotaError(f"server {name}: quota of {key} is {limit}, {used[key]} used, {amount} more wanted")
