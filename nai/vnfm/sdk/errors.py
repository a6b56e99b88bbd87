"""What goes wrong between a VNFM and the NFVO."""

from __future__ import annotations


class VnfmError(Exception):
    """An action cannot be carried out; its text is what the NFVO shows as the reason."""


class NfvoRefusedError(VnfmError):
    """The NFVO refused a request; the text is the NFVO's."""


class NfvoSilentError(VnfmError):
    """The NFVO did not answer a request in time."""


class UnsupportedActionError(VnfmError):
    """This VNFM does not do what it is asked for."""
