"""Actions on a function that leave its instances as they are: a new script, its execution, its configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nai.catalogue import Action, OrVnfmUpdateMessage, Script
from nai.core.errors import ServiceError
from nai.core.operations import Step
from nai.nfvo.lifecycle.merging import Say, merge
from nai.nfvo.lifecycle.outbound import OCCURRENCE, occurrence
from nai.nfvo.lifecycle.scaling_out import finished
from nai.nfvo.lifecycle.workshop import Workshop

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nai.core.operations import StepContext

KIND = "update"


class Updating:
    """The steps of the operation. Its data: `function`, `action` (UPDATE, EXECUTE or CONFIGURE) and `script`."""

    def __init__(self, shop: Workshop) -> None:
        """Use the lifecycle's parts."""
        self._shop = shop

    def steps(self) -> Sequence[Step]:
        """Return what is done, in this order."""
        return (Step("tell", self.tell), Step("finish", self.finish))

    async def tell(self, ctx: StepContext) -> None:
        """Have the VNFM carry it out."""
        shop, service = self._shop, await self._shop.subject(ctx)
        function = service.functions[ctx.data["function"]]
        action = Action(ctx.data["action"])
        script = ctx.data.get("script")

        def message() -> dict[str, Any]:
            document = OrVnfmUpdateMessage(
                action=action, vnfr=function.document, script=Script.from_wire(script) if script else None
            ).to_wire()
            return {**document, OCCURRENCE: occurrence(ctx, function, action)}

        try:
            answer = await shop.ask(service, function, message, answer=action)
        except ServiceError as error:
            await shop.failed(service, function, str(action), error)
            raise
        told = getattr(answer, "virtual_network_function_record", None)
        if told is not None:
            merge(function.document, told, say=Say.KNOWN)

    async def finish(self, ctx: StepContext) -> None:
        """Say that it is done."""
        await finished(self._shop, ctx, "Updated", Action.UPDATE)
