"""What a VNFM has to offer: one method per lifecycle event.

The SDK speaks to the NFVO; a handler only works on records. Messages come at least once, and a process may be killed at
any point, so each method is written to be run again: it looks for what exists before it makes something. Two calls
for one VNFR never overlap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from nai.catalogue import (
    Key,
    Script,
    VimInstance,
    VirtualNetworkFunctionRecord,
    VNFCInstance,
    VNFComponent,
    VNFPackage,
    VNFRecordDependency,
)

if TYPE_CHECKING:
    from nai.vnfm.sdk.requests import NfvoRequests


@dataclass(frozen=True)
class ActionContext:
    """What belongs to one action of the NFVO.

    Attributes:
        occurrence: Names the action; the same when it is run again after a crash, different for the next action.
        extension: What the NFVO said about itself (brokerIp, brokerPort, nsr-id, vnfr-id, ...).
        nfvo: Requests to the NFVO.
    """

    occurrence: str
    extension: Mapping[str, str]
    nfvo: NfvoRequests


@dataclass(frozen=True)
class Instantiation:
    """What comes with INSTANTIATE besides the record.

    Attributes:
        package: Scripts of the VNF: `scripts`, or `scriptsLink` with a Git address; None without a package.
        vim_instances: VIM instance the NFVO chose, by id of the VDU.
        keys: Key pairs for the instances.
    """

    package: VNFPackage | None
    vim_instances: Mapping[str, VimInstance]
    keys: Sequence[Key]


class VnfmHandler(Protocol):
    """The lifecycle of the VNFs of one VNFM.

    Each method returns the record that the NFVO is answered with. An exception becomes the NFVO's ERROR with its text.
    """

    async def user_data(self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord) -> str | None:
        """Returns the user data of the instances that the NFVO is asked to allocate."""

    async def instantiate(
        self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord, instantiation: Instantiation
    ) -> VirtualNetworkFunctionRecord:
        """Makes the VNF ready; with `allocate_by_nfvo` its instances are there already."""

    async def modify(
        self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord, dependency: VNFRecordDependency
    ) -> VirtualNetworkFunctionRecord:
        """Takes in what the VNFs it depends on provide."""

    async def start(
        self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord, dependency: VNFRecordDependency | None
    ) -> VirtualNetworkFunctionRecord:
        """Starts the VNF."""

    async def stop(self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord) -> VirtualNetworkFunctionRecord:
        """Stops the VNF."""

    async def start_vnfc(
        self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord, vnfc: VNFCInstance
    ) -> VirtualNetworkFunctionRecord:
        """Starts one instance."""

    async def stop_vnfc(
        self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord, vnfc: VNFCInstance
    ) -> VirtualNetworkFunctionRecord:
        """Stops one instance."""

    async def scale_out(
        self,
        context: ActionContext,
        vnfr: VirtualNetworkFunctionRecord,
        vnfc: VNFCInstance,
        package: VNFPackage | None,
        dependency: VNFRecordDependency | None,
    ) -> tuple[VirtualNetworkFunctionRecord, VNFCInstance]:
        """Brings a new instance into service; the NFVO has allocated it (SCALING)."""

    async def choose_new(
        self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord, component: VNFComponent
    ) -> tuple[VirtualNetworkFunctionRecord, VNFCInstance] | None:
        """Returns an instance that is ready already (a warm pool), or None to have the NFVO allocate one."""

    async def scale_in(
        self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord, vnfc: VNFCInstance
    ) -> VirtualNetworkFunctionRecord:
        """Prepares an instance, and those that stay, for its removal."""

    async def heal(
        self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord, vnfc: VNFCInstance, cause: str
    ) -> VirtualNetworkFunctionRecord:
        """Repairs an instance."""

    async def update(
        self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord, script: Script
    ) -> VirtualNetworkFunctionRecord:
        """Replaces a script of the package on all instances."""

    async def terminate(
        self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord
    ) -> VirtualNetworkFunctionRecord:
        """Ends the VNF; the NFVO deletes the instances afterwards."""
