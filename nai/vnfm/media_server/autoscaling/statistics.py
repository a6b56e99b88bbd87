"""From the readings of a VNFR's instances to the one number that an alarm looks at."""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Final


def _average(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


STATISTICS: Final[dict[str, Callable[[Sequence[float]], float]]] = {"avg": _average, "min": min, "max": max}


def summarise(statistic: str, values: Iterable[float]) -> float | None:
    """Applies a statistic to the readings of all instances.

    The original answered -1 for a statistic it did not know, which then was compared with thresholds as if it had been
    measured; here a policy with such a statistic is refused, and no reading gives None, which never fires an alarm.

    Args:
        statistic: `avg`, `min` or `max`.
        values: One reading per instance; those that are no finite number are left out.

    Returns:
        The statistic, or None without any usable reading.
    """
    usable = [value for value in values if math.isfinite(value)]
    if not usable:
        return None
    return STATISTICS[statistic](usable)
