"""User data of instances: a script that brings the agent, tells it its broker, and starts it."""

from __future__ import annotations

import base64
import re
import textwrap
from dataclasses import dataclass
from importlib import resources

from pydantic import SecretStr

from nai.vnfm.generic.agent_archive import agent_archive
from nai.vnfm.sdk import VnfmError

LONGEST_USER_DATA_BYTES = 49149
"""Nova takes 65535 bytes of base64."""

_PLAIN = re.compile(r"[\x20-\x7e]+")


@dataclass(frozen=True)
class AgentAccount:
    """How agents reach the broker.

    Attributes:
        address: Of the broker as instances reach it.
        port: Its port.
        virtual_host: Its virtual host.
        username: The agents' user.
        password: Its password.
    """

    address: str
    port: int
    virtual_host: str
    username: str
    password: SecretStr


def user_data(account: AgentAccount, *, vnfm_type: str, heartbeat_seconds: int) -> str:
    """Returns the user data.

    Raises:
        VnfmError: A value cannot be written into the agent's configuration.
    """
    values = {
        "broker_ip": account.address,
        "broker_port": str(account.port),
        "username": account.username,
        "password": account.password.get_secret_value(),
        "virtual_host": account.virtual_host,
        "type": vnfm_type,
        "heartbeat": str(heartbeat_seconds),
        "autodelete": "true",
    }
    for name, value in values.items():
        # The value is neither quoted nor seen by a shell; a line break would end it and begin another setting.
        if not _PLAIN.fullmatch(value) or value != value.strip():
            raise VnfmError(f"{name} of the agents' broker has characters that no configuration file can hold")
    configuration = "\n".join(["[ems]", *(f"{name} = {value}" for name, value in values.items())])
    agent = "\n".join(textwrap.wrap(base64.b64encode(agent_archive()).decode(), 120))
    template = resources.files("nai.vnfm.generic").joinpath("bootstrap.sh").read_text(encoding="utf-8")
    text = template.replace("@CONFIGURATION@", configuration).replace("@AGENT@", agent)
    if len(text) > LONGEST_USER_DATA_BYTES:
        raise VnfmError(f"the user data has {len(text)} bytes, more than Nova takes")
    return text
