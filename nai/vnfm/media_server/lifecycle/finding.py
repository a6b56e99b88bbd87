"""How handlers of REST requests find elasticity."""

from typing import TYPE_CHECKING

from fastapi import Request

from nai.vnfm.media_server.errors import StoreUnavailableError, UnknownVnfrError

if TYPE_CHECKING:
    from nai.vnfm.media_server.lifecycle.elasticity import Elasticity


def elasticity_of(request: Request, vnfr_id: str) -> "Elasticity":
    """Gives the elasticity that manages a VNFR.

    Raises:
        StoreUnavailableError: The database or RabbitMQ was not reached since the service started.
        UnknownVnfrError: The VNFR is not managed here.
    """
    elasticity: Elasticity | None = getattr(request.app.state, "elasticity", None)
    if elasticity is None:
        raise StoreUnavailableError("RabbitMQ was not reached since the service started. Please try again later.")
    if not elasticity.manages(vnfr_id):
        raise UnknownVnfrError(vnfr_id)
    return elasticity
