"""What the marketplace is told: `/etc/nai/marketplace.yml`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from nai.core.settings import StoringSettings

Who = Literal["anyone", "logged_in"]


class PaasManagerSettings(BaseModel):
    """Where tokens are checked.

    Attributes:
        url: Base URL of the PaaS manager.
        ca_file: Certificates (PEM) that vouch for it; None: those of the host.
        request_seconds: Longest wait for an answer.
        remember_seconds: How long a token that was good is believed without asking again.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(pattern=r"^https?://[^/\s]+(/[^\s]*)?$")
    ca_file: Path | None = None
    request_seconds: float = Field(default=10, gt=0)
    remember_seconds: float = Field(default=10, ge=0, le=300)


class MarketplaceSettings(StoringSettings):
    """Settings of the marketplace.

    Attributes:
        readers: Who sees what is shared: `anyone`, as in the original, or who is `logged_in` at the PaaS manager.
        writers: Who shares, changes and deletes: likewise. What somebody has shared who was logged in is changed and
            deleted by that user and by administrators only, in either case.
        paas: The PaaS manager that users log in at; None: nobody can, and tokens mean nothing.
        samples: Whether the sample applications are put in at the first start.
        most_applications: No more are taken: whoever may write cannot fill the disk.
    """

    listen_port: int = Field(default=8082, ge=1, le=65535)
    readers: Who = "anyone"
    writers: Who = "anyone"
    paas: PaasManagerSettings | None = None
    samples: bool = True
    most_applications: int = Field(default=10000, ge=1)

    @model_validator(mode="after")
    def _who_logs_in_does_it_somewhere(self) -> Self:
        if self.paas is None and "logged_in" in (self.readers, self.writers):
            raise ValueError("paas: is needed where readers or writers are logged_in: it is where they log in")
        return self
