# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Does a service answer? One try, by HTTP or by TCP."""

from __future__ import annotations

import http.client
import socket
import ssl
from urllib.parse import urlsplit

TRY_SECONDS = 5.0


def http_problem(url: str) -> str | None:
    """Asks a URL once.

    Any status below 500 is an answer: an API that wants a token says 401. Certificates are not checked, since the
    question is only whether the service is up; proxies are not used.

    Returns:
        None, or why it does not answer.
    """
    parts = urlsplit(url)
    host, path = parts.hostname or "", (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        connection = http.client.HTTPSConnection(host, parts.port, timeout=TRY_SECONDS, context=context)
    else:
        connection = http.client.HTTPConnection(host, parts.port, timeout=TRY_SECONDS)
    try:
        connection.request("GET", path, headers={"Connection": "close", "User-Agent": "nai"})
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return f"{url}: {str(error) or type(error).__name__}"
    finally:
        connection.close()
    return f"{url}: HTTP status {status}" if status >= 500 else None


def tcp_problem(address: str, port: int) -> str | None:
    """Connects once.

    Returns:
        None, or why it does not answer.
    """
    try:
        with socket.create_connection((address, port), timeout=TRY_SECONDS):
            return None
    except OSError as error:
        return f"{address} port {port}: {error}"
