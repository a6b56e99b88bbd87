"""`nai paas serve`, `migrate` and `check`."""

from nai.core import operations
from nai.core.command import service_command
from nai.paas.service import create_app
from nai.paas.settings import PaasSettings

PACKAGES = [operations.PACKAGE, "nai.paas"]
"""Whose tables its database holds."""

app = service_command(
    PaasSettings,
    create_app,
    packages=PACKAGES,
    help_text="The PaaS manager: users, projects, applications.",
)
