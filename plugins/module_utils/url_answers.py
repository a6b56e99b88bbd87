# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Which of several URLs can be fetched from here? All are asked at once."""

from __future__ import annotations

import socket
import urllib.error
import urllib.request
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

TRY_SECONDS = 5.0


def problems(urls: Sequence[str]) -> dict[str, str]:
    """Asks each URL once, by HEAD, as the host's own programs would: with its proxies and certificates.

    Args:
        urls: Addresses of files (http, https, ftp or file).

    Returns:
        Why a URL cannot be fetched, by URL; those that can are not in it. A status of HTTP begins with `HTTP`.
    """
    if not urls:
        return {}
    with ThreadPoolExecutor(max_workers=min(len(urls), 16)) as pool:
        found = dict(zip(urls, pool.map(_problem, urls)))  # noqa: B905  # `strict` is newer than Python 3.8
    return {url: reason for url, reason in found.items() if reason}


def _problem(url: str) -> str:
    try:
        request = urllib.request.Request(url, method="HEAD", headers={"User-Agent": "nai"})  # noqa: S310  # the inventory's
        with urllib.request.urlopen(request, timeout=TRY_SECONDS):  # noqa: S310
            return ""
    except urllib.error.HTTPError as error:
        # A server that does not know HEAD is there all the same.
        return "" if error.code in (405, 501) else f"HTTP status {error.code}"
    except urllib.error.URLError as error:
        return _words(error.reason)
    except (OSError, ValueError) as error:
        return _words(error)


def _words(reason: object) -> str:
    """What an error says, without its number."""
    if isinstance(reason, socket.timeout):  # not yet TimeoutError in Python 3.8
        return f"no answer within {TRY_SECONDS:g} s"
    return str(getattr(reason, "strerror", None) or reason or type(reason).__name__)
