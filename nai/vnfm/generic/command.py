"""`nai vnfm-generic serve|migrate`."""

from __future__ import annotations

from nai.core.command import service_command
from nai.vnfm.generic.service import PACKAGES, create_application
from nai.vnfm.generic.settings import GenericVnfmSettings

app = service_command(
    GenericVnfmSettings, create_application, packages=PACKAGES, help_text="The manager of VNFs that consist of scripts."
)
