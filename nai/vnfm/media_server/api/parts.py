"""What handlers take from the application object, and lookups that know no 404."""

from starlette.requests import Request

from nai.vnfm.media_server.history import History
from nai.vnfm.media_server.model import Application, Fleet, MediaServer
from nai.vnfm.media_server.plane import Plane


# Coroutines, though nothing is awaited: FastAPI would run a plain function in a thread.
async def plane_of(request: Request) -> Plane:
    """Returns the plane."""
    plane: Plane = request.app.state.services.plane
    return plane


async def history_of(request: Request) -> History:
    """Returns the history."""
    history: History = request.app.state.services.history
    return history


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
