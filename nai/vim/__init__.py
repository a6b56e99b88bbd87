"""Drivers of virtual infrastructure behind one protocol class (the VIM of the seed's section 2.3.6)."""

from nai.vim.driver import VimDriver
from nai.vim.errors import (
    VimCredentialsError,
    VimError,
    VimNotFoundError,
    VimQuotaError,
    VimTimeoutError,
    VimUnreachableError,
)
from nai.vim.options import DriverOptions
from nai.vim.registry import driver_types, open_driver, register_driver
from nai.vim.requests import ANY_FLOATING_IP, NetworkAttachment, ServerRequest, VimInventory

__all__ = [
    "ANY_FLOATING_IP",
    "DriverOptions",
    "NetworkAttachment",
    "ServerRequest",
    "VimCredentialsError",
    "VimDriver",
    "VimError",
    "VimInventory",
    "VimNotFoundError",
    "VimQuotaError",
    "VimTimeoutError",
    "VimUnreachableError",
    "driver_types",
    "open_driver",
    "register_driver",
]
