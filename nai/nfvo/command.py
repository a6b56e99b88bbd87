"""`nai nfvo serve` and `nai nfvo migrate`."""

from nai.core import operations
from nai.core.command import service_command
from nai.nfvo.service import create_app
from nai.nfvo.settings import NfvoSettings

app = service_command(
    NfvoSettings,
    create_app,
    packages=[operations.PACKAGE, "nai.nfvo"],
    help_text="The orchestrator of network services (NFVO).",
)
