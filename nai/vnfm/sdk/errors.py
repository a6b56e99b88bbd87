"""What goes wrong between a VNFM and the NFVO."""

from __future__ import annotations


class VnfmError(Exception):
    """An action cannot be carried out; its text is what the NFVO shows as the reason."""


class RefusedError(VnfmError):
    """An action is not allowed as things are, and nothing was changed: the VNF is as well as before.

    The ERROR that the NFVO is answered with carries `"refused": true`.
    """


class NfvoRefusedError(VnfmError):
    """The NFVO refused a request; the text is the NFVO's."""


class NfvoSilentError(VnfmError):
    """The NFVO did not answer a request in time."""


class UnsupportedActionError(VnfmError):
    """This VNFM does not do what it is asked for."""
