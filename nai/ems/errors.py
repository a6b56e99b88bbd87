"""What the agent answers a request with that it does not carry out."""

from __future__ import annotations


class RequestError(Exception):
    """The request is wrong or cannot be done; the text goes into the answer."""
