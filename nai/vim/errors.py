"""What a driver of virtual infrastructure raises: what was asked, what is wrong and, where known, what to do."""

from __future__ import annotations

from nai.core.errors import ServiceError


class VimError(ServiceError):
    """The infrastructure refused the request or did not carry it out."""


class VimNotFoundError(VimError):
    """An image, flavour, network, key or security group that a request names is not there."""


class VimQuotaError(VimError):
    """The project's quota or the hosts' room does not allow the request."""


class VimUnreachableError(VimError):
    """The infrastructure does not answer: nothing is known about what it holds.

    The same request may succeed later without anybody changing anything.
    """


class VimCredentialsError(VimUnreachableError):
    """The infrastructure refuses the credentials of the VIM instance; nothing changes until somebody corrects them."""


class VimTimeoutError(VimError):
    """The infrastructure took the request, and its result did not come in time."""
