"""Settings every VNFM has."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from nai.core.settings import ServiceSettings


class VnfmSettings(ServiceSettings):
    """What a VNFM is told, besides what every service is.

    Attributes:
        type: Of the VNFM; VNFDs name it as their `endpoint`.
        endpoint: Name it registers with.
        description: Shown by the NFVO.
        registration: `queue` as Open Baton 3 does it, `manager` as 5 and 6 do.
        registration_seconds: Time between two registrations; the NFVO may have lost the first.
        allocate_by_nfvo: The NFVO is asked to allocate the instances.
        concurrency: Actions that run at a time.
        request_seconds: How long the NFVO may take to answer a request, in all.
        request_again_seconds: After which an unanswered request is sent again.
        journal_hours: How long finished actions are remembered.
    """

    type: str = Field(pattern=r"^[A-Za-z0-9_-]+$")
    endpoint: str = Field(pattern=r"^[A-Za-z0-9_.-]+$")
    description: str = ""
    registration: Literal["queue", "manager"] = "queue"
    registration_seconds: float = Field(default=60, gt=0)
    allocate_by_nfvo: bool = True
    concurrency: int = Field(default=15, ge=1, le=500)
    request_seconds: float = Field(default=1000, gt=0)
    request_again_seconds: float = Field(default=60, gt=0)
    journal_hours: float = Field(default=24, gt=0)
