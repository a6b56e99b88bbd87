"""What goes wrong with the broker."""

from __future__ import annotations


class AmqpError(Exception):
    """The connection cannot be made or is gone; the text names the broker's reason."""
