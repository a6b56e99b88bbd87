"""Settings of the instances that this VNFM makes (defaults of the wire contract 2.4)."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class TurnServer(BaseModel):
    """The TURN server that media servers relay through, unless a VNFD's configuration names another."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    activate: bool = False
    url: str = "localhost:3487"
    username: str = "username"
    password: SecretStr = SecretStr("password")


class StunServer(BaseModel):
    """The STUN server that media servers learn their public address from, unless a VNFD's configuration says else."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    activate: bool = False
    address: str = "localhost"
    port: int = Field(default=3478, ge=1, le=65535)


class InstanceSettings(BaseModel):
    """How instances are made.

    Attributes:
        capacity_per_vcpu: Points that a media server carries per virtual CPU.
        monitoring_url: What instances are told as `$MONITORING_URL`.
        user_data_directory: Scripts (`*.sh`) of the operator that follow ours in the user data, by name.
        attempts: How often one instance is tried before it is given up.
        retry_seconds: Wait before the next attempt.
        turn_server: See there.
        stun_server: See there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    capacity_per_vcpu: int = Field(default=100, ge=1)
    monitoring_url: str = ""
    user_data_directory: Path = Path("/etc/openbaton/scripts/ms-vnfm")
    attempts: int = Field(default=2, ge=1)
    retry_seconds: float = Field(default=5, ge=0)
    turn_server: TurnServer = TurnServer()
    stun_server: StunServer = StunServer()
