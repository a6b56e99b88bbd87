"""What leaves the interface: error statuses in one place, and the documents that OpenAPI describes."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from nai.core.errors import ErrorAnswer
from nai.vnfm.media_server import errors
from nai.vnfm.media_server.store.limits import INT32
from nai.vnfm.media_server.tables import TEXT

NOT_FOUND = ErrorAnswer(404, "Not Found")
BAD_REQUEST = ErrorAnswer(400, "Bad Request")

ERRORS: dict[type[Exception], ErrorAnswer] = {
    errors.UnknownVnfrError: NOT_FOUND,
    errors.UnknownServerError: NOT_FOUND,
    errors.UnknownApplicationError: NOT_FOUND,
    # The original's answer to "no room". Its Java client likes a 422 better, but takes any other error the same way.
    errors.NoCapacityError: NOT_FOUND,
    errors.BadRequestError: BAD_REQUEST,
    errors.ServerInUseError: BAD_REQUEST,
    errors.ServerClaimedError: BAD_REQUEST,
    errors.StoreUnavailableError: ErrorAnswer(503, "Service Unavailable", headers={"Retry-After": "5"}),
}


class ErrorDocument(BaseModel):
    """Body of every error."""

    code: str = Field(examples=["Not Found"])
    message: str


class ManagedVnfrDocument(BaseModel):
    """A managed VNFR."""

    id: str
    hb_version: int
    vnfrId: str  # noqa: N815  # wire name
    nsrId: str  # noqa: N815
    task: str


class MediaServerDocument(BaseModel):
    """A media server."""

    id: str
    hb_version: int
    vnfrId: str  # noqa: N815
    hostName: str  # noqa: N815
    ip: str = Field(default="", description="Absent while the server has no address.")
    usedPoints: int  # noqa: N815
    maxCapacity: int  # noqa: N815
    status: str = Field(json_schema_extra={"enum": ["ACTIVE", "INACTIVE", "RELEASE", "IDLE"]})


class ApplicationDocument(BaseModel):
    """A registered application."""

    id: str
    hb_version: int
    vnfr_id: str
    points: int
    ip: str
    mediaServerId: str  # noqa: N815
    extAppId: str = Field(default="", description="Absent when the registration named none.")  # noqa: N815
    created: str = Field(json_schema_extra={"format": "date-time"})
    heartbeat: str = Field(json_schema_extra={"format": "date-time"})
    missedHeartbeats: int  # noqa: N815


class SampleDocument(BaseModel):
    """A sample of a history."""

    timestamp: int = Field(description="Milliseconds since 1970, UTC.")
    value: float


def _whole(value: Any) -> Any:
    """Reads `50.0` as 50: to JSON both are the same number."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


class Registration(BaseModel):
    """What an application asks for. Further fields of an Application are accepted and not looked at."""

    model_config = ConfigDict(extra="ignore", strict=True)

    points: Annotated[int, BeforeValidator(_whole)] = Field(
        ge=1, le=INT32, description="What the session needs; 100 is what one virtual CPU carries."
    )
    extAppId: str | None = Field(  # noqa: N815
        default=None,
        max_length=TEXT,
        description="The caller's own id: registering it again returns the first registration.",
    )


def declared(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Returns OpenAPI's description of error answers."""
    texts = {
        400: "The request cannot be read, or contradicts what is.",
        404: "There is no such thing, or no room.",
        503: "The database does not take changes at the moment.",
    }
    # Not `model`: FastAPI would declare it with the route's own type, which for one route is text.
    schema = {"$ref": f"#/components/schemas/{ErrorDocument.__name__}"}
    content = {"application/json": {"schema": schema}}
    return {status: {"description": texts[status], "content": content} for status in statuses}
