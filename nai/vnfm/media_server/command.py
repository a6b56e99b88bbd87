"""`nai vnfm-media-server serve` and `nai vnfm-media-server migrate`."""

from fastapi import FastAPI

from nai.core.command import service_command
from nai.vnfm.media_server.lifecycle.elasticity import ROUTERS, Elasticity
from nai.vnfm.media_server.service import create_application
from nai.vnfm.media_server.settings import MediaServerSettings

PACKAGES = ("nai.core.operations", "nai.vnfm.sdk.journal", "nai.vnfm.media_server")
"""Whose tables the service's database holds."""


def application(settings: MediaServerSettings) -> FastAPI:
    """Makes the whole service."""
    return create_application(settings, elasticity=Elasticity, routers=ROUTERS, own_process=True)


app = service_command(
    MediaServerSettings,
    application,
    packages=PACKAGES,
    help_text="VNF manager of media servers: places sessions, watches heartbeats, scales.",
)
