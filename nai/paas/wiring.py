"""Which classes the PaaS manager consists of, outside tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nai.nfvo.client import NfvoClient
from nai.paas.applications.manager import Manager
from nai.paas.bringing_up import Parts
from nai.paas.engines.registry import open_engine
from nai.vnfm.media_server.client import MediaServerClient

if TYPE_CHECKING:
    from nai.paas.settings import PaasSettings


def real_parts() -> Parts:
    """RabbitMQ, the engine of the settings, the real orchestrator and media servers' manager, the system's clock."""
    return Parts(
        applications_of=Manager,
        open_engine=lambda settings: open_engine(settings.engine),
        open_nfvo=open_nfvo,
        open_media_servers=open_media_servers,
    )


def open_nfvo(settings: PaasSettings) -> NfvoClient:
    """A client of the orchestrator, in the project of the settings."""
    nfvo = settings.nfvo
    return NfvoClient(
        nfvo.url,
        nfvo.username,
        nfvo.password.get_secret_value(),
        project=nfvo.project,
        timeout_seconds=nfvo.request_seconds,
    )


def open_media_servers(settings: PaasSettings) -> MediaServerClient:
    """A client of the media servers' manager."""
    return MediaServerClient(settings.media_servers.url, timeout_seconds=settings.media_servers.request_seconds)
