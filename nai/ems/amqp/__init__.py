"""A small AMQP 0-9-1 client: one connection, one channel, what the agent needs of it and no more."""

from .connection import Connection, Delivery
from .errors import AmqpError

__all__ = ["AmqpError", "Connection", "Delivery"]
