"""Requests to the services; an answer that was not wanted is told in words."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import requests

from nai.installer.verification.errors import CheckFailedError

TIMEOUT_SECONDS = 60.0


class Service:
    """One service's REST interface."""

    def __init__(self, name: str, url: str) -> None:
        """Contacts nothing.

        Args:
            name: What people call it, for messages.
            url: Where its resources begin.
        """
        self.name = name
        self.url = url.rstrip("/")
        # `trust_env` off: a proxy of the environment does not lead to the cloud's own networks.
        self.session = requests.Session()
        self.session.trust_env = False

    def ask(self, method: str, path: str, wanted: Collection[int] = (200,), **options: Any) -> requests.Response:
        """Sends a request.

        Args:
            method: HTTP method.
            path: Below the service's URL.
            wanted: Statuses that are as they must be.
            options: As for `requests`.

        Raises:
            CheckFailedError: The service does not answer, or with another status.
        """
        expected = f"{' or '.join(map(str, sorted(wanted)))} of {method} {self.url}{path}"
        try:
            answer = self.session.request(method, self.url + path, timeout=TIMEOUT_SECONDS, **options)
        except requests.RequestException as error:
            raise CheckFailedError(expected, f"{self.name} does not answer: {error}") from error
        if answer.status_code not in wanted:
            raise CheckFailedError(expected, f"{answer.status_code} of {self.name}: {answer.text[:400]}")
        return answer
