"""Settings of the generic VNFM."""

from __future__ import annotations

from pydantic import Field, SecretStr, model_validator

from nai.vnfm.sdk import VnfmSettings


class GenericVnfmSettings(VnfmSettings):
    """What the generic VNFM is told, besides what every VNFM is.

    Attributes:
        listen_port: Of the REST interface.
        type: Of the VNFM.
        endpoint: Name it registers with.
        description: Shown by the NFVO.
        api_token: Bearer token that the REST interface asks for; without one, whoever reaches the address may read.
        ems_broker_address: Address of the broker as instances reach it; without one, the NFVO's `brokerIp`.
        ems_broker_port: Port of the broker as instances reach it.
        ems_virtual_host: Virtual host of the broker.
        ems_username: Broker user of the agents.
        ems_password: Its password.
        ems_heartbeat_seconds: Of the agents' connections.
        management_url: RabbitMQ's management interface; with it, each VNF gets a broker user of its own.
        management_username: Its user, with the tag `administrator`.
        management_password: Its password.
        script_seconds: How long a script may run.
        ems_start_seconds: How long an instance's agent may take to appear.
        ems_lost_seconds: How long an agent may be away while it is waited for.
        output_days: How long output of scripts is kept.
    """

    listen_port: int = Field(default=9100, ge=1, le=65535)
    type: str = Field(default="generic", pattern=r"^[A-Za-z0-9_-]+$")
    endpoint: str = Field(default="generic-endpoint", pattern=r"^[A-Za-z0-9_.-]+$")
    description: str = "Runs the scripts of a VNF in its instances"
    api_token: SecretStr | None = None
    ems_broker_address: str | None = None
    ems_broker_port: int = Field(default=5672, ge=1, le=65535)
    ems_virtual_host: str = "/"
    ems_username: str = "ems"
    ems_password: SecretStr
    ems_heartbeat_seconds: int = Field(default=60, ge=0, le=3600)
    management_url: str | None = None
    management_username: str | None = None
    management_password: SecretStr | None = None
    script_seconds: float = Field(default=300, gt=0, le=86400)
    ems_start_seconds: float = Field(default=250, gt=0)
    ems_lost_seconds: float = Field(default=250, gt=0)
    output_days: float = Field(default=30, gt=0)

    @model_validator(mode="after")
    def _management_is_whole(self) -> GenericVnfmSettings:
        given = (self.management_url, self.management_username, self.management_password)
        if any(given) and not all(given):
            raise ValueError("management_url, management_username and management_password belong together")
        return self
