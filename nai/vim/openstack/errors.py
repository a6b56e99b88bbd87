"""The SDK's errors, in the words and classes of the driver."""

from __future__ import annotations

from keystoneauth1 import exceptions as auth_errors
from openstack import exceptions as sdk_errors

from nai.vim.errors import VimCredentialsError, VimError, VimNotFoundError, VimQuotaError, VimUnreachableError

API_ERRORS: tuple[type[Exception], ...] = (auth_errors.ClientException, sdk_errors.SDKException)
"""What the SDK raises."""

_NOT_READY = (502, 503, 504)

# Nova says 403 (413 up to Kilo) with such a text, Neutron 409 with a type of this name.
_QUOTA_SIGNS = ("quota exceeded", "overquota", "exceeded for resources", "maximum number of ports")
_ROOM_SIGNS = ("no valid host", "no more ip addresses", "ipaddressgenerationfailure", "insufficient")


def translate(what: str, error: Exception) -> VimError:
    """Returns the driver's error for what the SDK raised.

    Args:
        what: What was asked for, e.g. `server media-1`.
        error: One of `API_ERRORS`.
    """
    if isinstance(error, (auth_errors.ConnectFailure, auth_errors.DiscoveryFailure)):
        return VimUnreachableError(f"{what}: OpenStack does not answer: {error}")
    if isinstance(error, (auth_errors.EndpointNotFound, auth_errors.CatalogException, sdk_errors.EndpointNotFound)):
        return VimUnreachableError(f"{what}: the service is not in Keystone's catalogue: {error}")
    if isinstance(error, auth_errors.Unauthorized):
        return VimCredentialsError(
            f"{what}: Keystone refuses the credentials of the VIM instance: {error}; are tenant, username, password "
            "and authUrl right?"
        )
    status = getattr(error, "status_code", None) or getattr(error, "http_status", None)
    text = _text(error)
    if status in _NOT_READY:
        return VimUnreachableError(f"{what}: the service is not ready (HTTP {status}): {text}")
    if is_room_problem(text) or status == 413:
        return VimQuotaError(f"{what}: {text}")
    if isinstance(error, sdk_errors.NotFoundException) or status == 404:
        return VimNotFoundError(f"{what}: {text}")
    return VimError(f"{what}: {f'HTTP {status}: ' if status else ''}{text}")


def is_room_problem(text: str) -> bool:
    """Whether a reason of Nova or Neutron says that a quota or the hosts' room is used up."""
    low = text.lower()
    return any(sign in low for sign in (*_QUOTA_SIGNS, *_ROOM_SIGNS))


def _text(error: Exception) -> str:
    """What the API said, in one line."""
    said = getattr(error, "details", None) or getattr(error, "message", None) or error
    return " ".join(str(said).split())
