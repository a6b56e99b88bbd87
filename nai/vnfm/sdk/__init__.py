"""What VNFMs are written with: the bus protocol between a VNFM and the NFVO.

A VNFM gives `Vnfm` a `VnfmHandler`; registration, records, requests, answers, order and crashes are the SDK's.
"""

from nai.vnfm.sdk.errors import NfvoRefusedError, NfvoSilentError, RefusedError, UnsupportedActionError, VnfmError
from nai.vnfm.sdk.handler import ActionContext, Instantiation, VnfmHandler
from nai.vnfm.sdk.journal import Journal
from nai.vnfm.sdk.requests import NfvoRequests
from nai.vnfm.sdk.settings import VnfmSettings
from nai.vnfm.sdk.vnfm import Vnfm

__all__ = [
    "ActionContext",
    "Instantiation",
    "Journal",
    "NfvoRefusedError",
    "NfvoRequests",
    "NfvoSilentError",
    "RefusedError",
    "UnsupportedActionError",
    "Vnfm",
    "VnfmError",
    "VnfmHandler",
    "VnfmSettings",
]
