"""The NFVO's actions on a media-server VNF (wire contract 2.4, seed 2.3.5 and 3.3.2.1.10-11).

Messages come at least once and a process may die anywhere, so each method can be run again: instances are written
down under the action's name before they are made, and what is there is found.
"""

from nai.catalogue import Script, Status, VirtualNetworkFunctionRecord, VNFRecordDependency
from nai.vnfm.media_server.lifecycle.creating import Creating
from nai.vnfm.media_server.lifecycle.removing import Removing
from nai.vnfm.media_server.lifecycle.running import Running
from nai.vnfm.sdk import ActionContext, UnsupportedActionError


class MediaServerHandler(Creating, Running, Removing):
    """What the VNFM SDK calls for each action of the NFVO."""

    async def user_data(self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord) -> str | None:
        """Is not asked: this VNFM allocates itself."""
        return None

    async def modify(
        self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord, dependency: VNFRecordDependency
    ) -> VirtualNetworkFunctionRecord:
        """Keeps the record; a media server needs nothing of another VNF."""
        vnf = await self.take_over(vnfr)
        return self.parts.record(vnf, vnfr.status or Status.INACTIVE)

    async def update(
        self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord, script: Script
    ) -> VirtualNetworkFunctionRecord:
        """Is not offered: media servers have no scripts."""
        raise UnsupportedActionError("Media servers have no scripts to update.")
