"""What handlers take from the application object, and lookups that know no 404."""

from starlette.requests import Request

from nai.vnfm.media_server.errors import StoreUnavailableError
from nai.vnfm.media_server.history import History
from nai.vnfm.media_server.model import Application, Fleet, MediaServer
from nai.vnfm.media_server.plane import Plane
from nai.vnfm.media_server.services import Services


def opened(request: Request) -> Plane:
    """Returns the plane.

    Raises:
        StoreUnavailableError: Its state was not read back yet, because the database is away.
    """
    plane: Plane = request.app.state.plane
    if not plane.is_open:
        raise StoreUnavailableError("The database was not reached since the service started. Please try again later.")
    return plane


# Coroutines, though nothing is awaited: FastAPI would run a plain function in a thread.
async def plane_of(request: Request) -> Plane:
    """As `opened`, as a dependency."""
    return opened(request)


async def history_of(request: Request) -> History:
    """Returns the history; raises as `opened` does."""
    opened(request)
    history: History = request.app.state.history
    return history


async def services_of(request: Request) -> Services:
    """Returns all parts of the service.

    Raises:
        StoreUnavailableError: The database or RabbitMQ was not reached since the service started.
    """
    opened(request)
    services: Services | None = getattr(request.app.state, "services", None)
    if services is None:
        raise StoreUnavailableError("RabbitMQ was not reached since the service started. Please try again later.")
    return services


class Fleets:
    """Lists of a VNFR as the original gave them: an unknown VNFR simply has nothing."""

    def __init__(self, plane: Plane) -> None:
        """Takes the plane."""
        self._plane = plane

    def of(self, vnfr_id: str) -> Fleet | None:
        """Returns the VNFR's fleet, if it is managed."""
        return self._plane.state.fleets.get(vnfr_id)

    def applications(self, vnfr_id: str) -> list[Application]:
        """Returns the VNFR's applications."""
        fleet = self.of(vnfr_id)
        return list(fleet.applications.values()) if fleet else []

    def servers(self, vnfr_id: str) -> list[MediaServer]:
        """Returns the VNFR's media servers."""
        fleet = self.of(vnfr_id)
        return list(fleet.servers.values()) if fleet else []
