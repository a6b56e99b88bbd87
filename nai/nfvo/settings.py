"""What the orchestrator is told: `/etc/nai/nfvo.yml`."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from pydantic import Field, SecretStr

from nai.core.settings import ServiceSettings


class NfvoSettings(ServiceSettings):
    """Settings of the orchestrator. The names of Open Baton's own options are in brackets.

    Attributes:
        admin_password: Password of the user `admin`, set at every start [nfvo.security.admin.password].
        default_project: Project made at the first start [nfvo.security.project.name].
        oauth_client_id: Name that clients of the API log in with, beside their user.
        oauth_client_secret: Its secret; public by nature: every client of the day has it built in.
        token_seconds: How long a token is good for.
        encryption_key: Secret of at least 32 characters that infrastructures' passwords are stored under; None keeps
            one of the service's own making in `encryption_key_file`.
        encryption_key_file: Where that key is; whoever restores a backup of the database needs it.
        quota_check: Whether an order must fit into the infrastructure's quota [nfvo.quota.check].
        start_ordered: Whether functions start in the order of their dependencies [nfvo.start.ordered].
        delete_all_status: Whether a service may be deleted in any state [nfvo.delete.all-status].
        vim_active_check: Whether infrastructures are looked at regularly, and those that do not answer are not used
            [nfvo.vim.active.check].
        vim_check_seconds: Time between two such looks.
        vim_ca_file: Certificates (PEM) that vouch for the infrastructures' APIs; None uses the system's.
        vim_request_seconds: Longest wait for one answer of an infrastructure's API.
        vim_server_seconds: Longest wait until a server is there or gone.
        vim_network_range: Networks that have to be made get a /24 of it.
        vim_name_servers: Resolvers that such a network's servers are told.
        vnfd_cascade_delete: Whether deleting a service's descriptor deletes those of its functions
            [nfvo.vnfd.cascade.delete].
        package_cascade_delete: Whether deleting a function's descriptor deletes its package [vnfd.vnfp.cascade.delete].
        package_bytes: Largest package that is taken, packed as well as unpacked.
        history_level: What the history of requests keeps: 0 nothing, 1 what changes something, 2 all
            [nfvo.history.level].
        history_entries: How many requests it keeps [nfvo.history.max-entities].
        marketplace_url: Base URL of the marketplace that downloads may come from; None: there is none
            [nfvo.marketplace].
        resend_seconds: Time after which an unanswered action is sent to a manager again.
        answer_seconds: Time after which an action without an answer has failed.
        managers_poll_seconds: Time between two looks whether the managers' queues exist.
        broker_address: Address of the broker as instances reach it [nfvo.rabbit.brokerIp].
        broker_port: Its AMQP port.
        vnfm_broker_username: Account of the broker told to managers that register by 5.x; None: that of `broker_url`.
        vnfm_broker_password: Its password.
        ems_broker_username: Account of the broker for agents inside instances; None: that of `broker_url`.
        ems_broker_password: Its password.
        ems_version: Version of the agent that managers are told [nfvo.ems.version].
        ems_heartbeat_seconds: Heartbeat of the agents [nfvo.ems.queue.heartbeat].
        ems_autodelete: Whether the agents' queues go with them [nfvo.ems.queue.autodelete].
        monitoring_address: Address of the monitoring system told to instances.
        time_zone: Time zone of the instances.
    """

    listen_port: int = Field(default=8080, ge=1, le=65535)
    admin_password: SecretStr
    default_project: str = "default"
    oauth_client_id: str = "openbatonOSClient"
    oauth_client_secret: SecretStr = SecretStr("secret")
    token_seconds: int = Field(default=43200, ge=60)
    encryption_key: SecretStr | None = Field(default=None, min_length=32)
    encryption_key_file: Path = Path("/var/lib/nai-nfvo/encryption.key")
    quota_check: bool = True
    start_ordered: bool = False
    delete_all_status: bool = True
    vim_active_check: bool = True
    vim_check_seconds: float = Field(default=60, gt=0)
    vim_ca_file: Path | None = None
    vim_request_seconds: float = Field(default=60, gt=0)
    vim_server_seconds: float = Field(default=600, gt=0)
    vim_network_range: IPv4Network = IPv4Network("192.168.0.0/16")
    vim_name_servers: tuple[IPv4Address, ...] = ()
    vnfd_cascade_delete: bool = False
    package_cascade_delete: bool = True
    package_bytes: int = Field(default=256 * 1024 * 1024, ge=1)
    history_level: int = Field(default=1, ge=0, le=2)
    history_entries: int = Field(default=250, ge=1)
    marketplace_url: str | None = None
    resend_seconds: float = Field(default=60, gt=0)
    answer_seconds: float = Field(default=3600, gt=0)
    managers_poll_seconds: float = Field(default=20, gt=0)
    broker_address: str = "127.0.0.1"
    broker_port: int = Field(default=5672, ge=1, le=65535)
    vnfm_broker_username: str | None = None
    vnfm_broker_password: SecretStr | None = None
    ems_broker_username: str | None = None
    ems_broker_password: SecretStr | None = None
    ems_version: str = "0.19"
    ems_heartbeat_seconds: int = Field(default=120, ge=1)
    ems_autodelete: bool = True
    monitoring_address: str | None = None
    time_zone: str = "UTC"
