"""What the PaaS manager is told: `/etc/nai/paas.yml`."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from nai.core.settings import ServiceSettings
from nai.paas.engines.settings import EngineSettings


class Section(BaseModel):
    """A part of the settings."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class OrchestratorSettings(Section):
    """How the orchestrator is reached, and as whom.

    Attributes:
        url: Base URL [nfvo.ip, nfvo.port].
        username: A user who may make projects, or has the role USER in the one below.
        password: The user's password.
        project: Name of the orchestrator's project that holds the media servers; made if it is missing
            [nfvo.project.name].
        request_seconds: Longest wait for an answer.
    """

    url: str = "http://127.0.0.1:8080"
    username: str = "admin"
    password: SecretStr
    project: str = "nubomedia"
    request_seconds: float = Field(default=60, gt=0)


class VimSettings(Section):
    """The infrastructure that is registered at the orchestrator, in the project above, if it is missing.

    Attributes:
        type: Kind of driver.
        auth_url: URL of the identity service.
        tenant: Project there.
        username: User there.
        password: The user's password.
        key_pair: Key pair of the instances.
        security_groups: Security groups of the instances.
        location: Name of the place.
    """

    type: str = "openstack"
    auth_url: str
    tenant: str
    username: str
    password: SecretStr
    key_pair: str | None = None
    security_groups: tuple[str, ...] = ()
    location: str | None = None


class MediaServersSettings(Section):
    """The media servers' manager, and what applications get from it.

    Attributes:
        url: Base URL of the manager, as the PaaS manager reaches it.
        address: Its host as the containers of applications reach it: their VNFM_IP [vnfm.ip].
        port: Its port as they reach it: their VNFM_PORT [vnfm.port].
        image: Name of the media server's image in the infrastructure [kms.image].
        request_seconds: Longest wait for an answer.
    """

    url: str = "http://127.0.0.1:9000"
    address: str
    port: int = Field(default=9000, ge=1, le=65535)
    image: str = "nubomedia/kurento-media-server"
    request_seconds: float = Field(default=30, gt=0)


class RepositorySettings(Section):
    """The cloud repository, and the CDN connector beside it.

    Attributes:
        image: Name of its image in the infrastructure.
        package: Git address, or id of a package at the orchestrator, of its scripts.
    """

    image: str = "cloud-repo-cdn"
    package: str = "https://github.com/tub-nubomedia/cloud-repository-scripts.git"


class StunSettings(Section):
    """The STUN server of applications that ask for one and name none."""

    address: str
    port: int = Field(default=3478, ge=1, le=65535)


class TurnSettings(Section):
    """The TURN server of applications that ask for one and name none.

    Attributes:
        url: Address and port, perhaps with `?transport=tcp`, as Kurento takes it.
        username: User.
        password: The user's password.
    """

    url: str
    username: str
    password: SecretStr


class QuotaSettings(Section):
    """What a project may use that has no quota of its own; None is no limit.

    Attributes:
        applications: Applications.
        instances: Media servers of all of them, at their limits.
        replicas: Containers of all of them and of their services.
    """

    applications: int | None = Field(default=20, ge=0)
    instances: int | None = Field(default=50, ge=0)
    replicas: int | None = Field(default=100, ge=0)


class SourceSettings(Section):
    """What applications may name beyond the public Internet: Git servers, registries of images.

    Attributes:
        allowed_networks: Private networks whose machines may be named.
        allowed_hosts: Names of hosts that may be named, wherever they lead.
    """

    allowed_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    allowed_hosts: tuple[str, ...] = ()


class LimitSettings(Section):
    """How long things may take, and how often they are looked at.

    Attributes:
        media_plane_seconds: Until an application's media servers are there.
        build_seconds: Until its image is built.
        deploy_seconds: Until its containers run.
        scale_seconds: Until a media server is added or removed.
        poll_seconds: Between two looks at applications that something happens to.
        running_poll_seconds: Between two looks at applications that run.
        log_bytes: Longest end of a log that is answered.
    """

    media_plane_seconds: float = Field(default=1800, gt=0)
    build_seconds: float = Field(default=1800, gt=0)
    deploy_seconds: float = Field(default=600, gt=0)
    scale_seconds: float = Field(default=900, gt=0)
    poll_seconds: float = Field(default=5, gt=0)
    running_poll_seconds: float = Field(default=180, gt=0)
    log_bytes: int = Field(default=4 * 1024 * 1024, ge=1024)


class PaasSettings(ServiceSettings):
    """Settings of the PaaS manager. The names of the original's own options are in brackets.

    Attributes:
        admin_password: Password of the user `admin`, taken over at each start at which the settings have another one
            than at the last [paas.security.admin.password].
        oauth_client_id: Name that clients of the API log in with, beside their user.
        oauth_client_secret: Its secret; public by nature: every client of the day has it built in.
        token_seconds: How long a token is good for.
        registration: Who may make users of their own, disabled until an administrator enables them: `open` anybody by
            POST /register, `closed` nobody.
        encryption_key: Secret of at least 32 characters that secrets of applications are stored under; None keeps one
            of the service's own making in `encryption_key_file`.
        encryption_key_file: Where that key is; whoever restores a backup of the database needs it.
        domain_name: Domain of the applications' routes: `<name>.<domain_name>` [openshift.domainName].
        engine: What builds and runs containers; its `kind` decides what else is told.
        nfvo: The orchestrator.
        vim_name: Name of the infrastructure that the media servers are made in [vim.name].
        vim: How to register it; None: somebody else does.
        media_servers: The media servers.
        repository: The cloud repository.
        stun_server: Default STUN server; None: an application has to name one.
        turn_server: Default TURN server, likewise.
        marketplace_address: Host and port of the marketplace as browsers reach it [marketplace.ip, marketplace.port].
        sources: What applications may name beyond the public Internet.
        default_quota: Of projects without one of their own.
        limits: Times and sizes.
    """

    listen_port: int = Field(default=8081, ge=1, le=65535)
    admin_password: SecretStr
    oauth_client_id: str = "openbatonOSClient"
    oauth_client_secret: SecretStr = SecretStr("secret")
    token_seconds: int = Field(default=43200, ge=60)
    registration: Literal["open", "closed"] = "open"
    encryption_key: SecretStr | None = Field(default=None, min_length=32)
    encryption_key_file: Path = Path("/var/lib/nai-paas/encryption.key")
    domain_name: str = Field(pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$")
    engine: EngineSettings
    nfvo: OrchestratorSettings
    vim_name: str = "nubomedia-vim"
    vim: VimSettings | None = None
    media_servers: MediaServersSettings
    repository: RepositorySettings = RepositorySettings()
    stun_server: StunSettings | None = None
    turn_server: TurnSettings | None = None
    marketplace_address: str = "localhost:8082"
    sources: SourceSettings = SourceSettings()
    default_quota: QuotaSettings = QuotaSettings()
    limits: LimitSettings = LimitSettings()
