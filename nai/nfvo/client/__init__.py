"""A client of the orchestrator's API. It needs the catalogue and nothing of the orchestrator itself."""

from nai.nfvo.client.operations import NfvoClient
from nai.nfvo.client.session import NfvoError, NfvoSession

__all__ = ["NfvoClient", "NfvoError", "NfvoSession"]
