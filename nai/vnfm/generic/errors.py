"""What ends a VNF in ERROR; the texts are what its record shows as the reason."""

from __future__ import annotations

from nai.vnfm.sdk import VnfmError


class AgentMissingError(VnfmError):
    """The agent of an instance did not appear."""


class AgentLostError(VnfmError):
    """The agent of an instance went away, or does not answer any more."""


class ScriptFailedError(VnfmError):
    """A script, or a request of another kind, ended with a status other than 0."""


class SeveralInstancesFailedError(VnfmError):
    """More than one instance failed; the text has each one's reason."""
