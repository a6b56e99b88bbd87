"""How many warm instances are launched or let go: pure functions (wire contract 2.3)."""

from dataclasses import dataclass

from nai.vnfm.media_server.autoscaling.settings import PoolSettings


@dataclass(frozen=True, slots=True)
class Stock:
    """What a VDU has.

    Attributes:
        warm: Warm instances.
        others: Instances that serve, are being launched or were taken.
        maximum: `scale_in_out`.
    """

    warm: int
    others: int
    maximum: int


def launches(stock: Stock, pool: PoolSettings) -> int:
    """Counts the warm instances to launch in this round.

    Returns:
        What lacks to the pool's size, at most what a round may launch, and no more than leave serving and reserved
        instances together within the maximum.
    """
    if not pool.activate:
        return 0
    room = stock.maximum - stock.others - stock.warm
    return max(0, min(pool.size - stock.warm, pool.launches_per_round, room))


def surplus(stock: Stock, pool: PoolSettings) -> int:
    """Counts the warm instances that are too many: beyond the pool's size, or beyond the maximum."""
    size = pool.size if pool.activate else 0
    return max(0, stock.warm - max(0, min(size, stock.maximum - stock.others)))
