"""The message bus between the services, VNFMs and instances."""

from nai.core.bus.amqp import AmqpBus
from nai.core.bus.interface import (
    EXCHANGE,
    Bus,
    BusError,
    BusTimeoutError,
    BusUnavailableError,
    Delivery,
    Handler,
    UnroutableError,
)
from nai.core.bus.memory import MemoryBus

__all__ = [
    "EXCHANGE",
    "AmqpBus",
    "Bus",
    "BusError",
    "BusTimeoutError",
    "BusUnavailableError",
    "Delivery",
    "Handler",
    "MemoryBus",
    "UnroutableError",
]
