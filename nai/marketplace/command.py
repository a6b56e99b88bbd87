"""`nai marketplace serve`, `migrate` and `check`."""

from nai.core.command import service_command
from nai.marketplace.service import create_app
from nai.marketplace.settings import MarketplaceSettings

PACKAGES = ["nai.marketplace"]
"""Whose tables its database holds."""

app = service_command(
    MarketplaceSettings,
    create_app,
    packages=PACKAGES,
    help_text="The marketplace: a catalogue of applications to deploy.",
)
