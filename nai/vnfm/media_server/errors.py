"""What can be wrong with a request, each with what to do about it; `api.answers` gives every one its status."""

from nai.core.errors import ServiceError


class MediaServerError(ServiceError):
    """Base of the errors of this service."""


class UnknownVnfrError(MediaServerError):
    """The VNFR is not managed here."""

    def __init__(self, vnfr_id: str) -> None:
        """Names the VNFR."""
        super().__init__(f"Not found VNFR with id: {vnfr_id}. It is not managed by this VNFM.")


class UnknownServerError(MediaServerError):
    """There is no such media server."""

    def __init__(self, hostname: str, vnfr_id: str | None = None) -> None:
        """Names the server and, when known, the VNFR that was searched."""
        where = f" of VNFR with id: {vnfr_id}" if vnfr_id else ""
        super().__init__(f"Not found MediaServer with hostname: {hostname}{where}.")


class UnknownApplicationError(MediaServerError):
    """There is no such application: never registered, unregistered, or removed for want of heartbeats."""

    def __init__(self, app_id: str, vnfr_id: str) -> None:
        """Names the application and the VNFR."""
        super().__init__(f"Not found Application with id: {app_id} on VNFR with id: {vnfr_id}.")


class NoCapacityError(MediaServerError):
    """No media server has room. The text is the original's."""

    def __init__(self, vnfr_id: str) -> None:
        """Names the VNFR."""
        super().__init__(
            f"Not found any MediaServer for VNFR with id: {vnfr_id}. At least there is no one ACTIVE or with an IP"
            " assigned and enough capacity. Please try again later."
        )


class ServerInUseError(MediaServerError):
    """A media server with sessions may not be taken away."""

    def __init__(self, hostname: str, used_points: int) -> None:
        """Names the server and what is on it."""
        super().__init__(
            f"MediaServer {hostname} still carries {used_points} points. Stop it, and wait until its sessions are over."
        )


class ServerClaimedError(MediaServerError):
    """A media server that is being terminated cannot be started or stopped."""

    def __init__(self, hostname: str) -> None:
        """Names the server."""
        super().__init__(f"MediaServer {hostname} is being terminated.")


class BadRequestError(MediaServerError):
    """The request says something that cannot be."""


class StoreUnavailableError(MediaServerError):
    """The database does not take changes; nothing was changed, or what was will be written once it is back."""
