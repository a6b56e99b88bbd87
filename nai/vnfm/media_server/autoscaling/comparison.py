"""The six comparison operators of alarms and policies (wire contract 2.3)."""

import operator
from collections.abc import Callable
from typing import Final

Comparison = Callable[[float, float], bool]

COMPARISONS: Final[dict[str, Comparison]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    "!=": operator.ne,
}


def compare(left: float, sign: str, right: float) -> bool:
    """Compares two numbers the way a policy writes it.

    Args:
        left: The measured value.
        sign: One of `COMPARISONS`; a policy with another one is refused when it is read.
        right: The threshold.

    Returns:
        Whether `left sign right` holds.
    """
    return COMPARISONS[sign](left, right)


def holds_throughout(low: float, high: float, sign: str, threshold: float) -> bool:
    """Tells whether a comparison holds for every value between two ends.

    An alarm whose metric cannot be read might or might not have fired; the policy's value is then only known to lie
    between two ends, and a decision is taken only if it would be the same for all of them.

    Args:
        low: The lowest value possible.
        high: The highest value possible, not below `low`.
        sign: One of `COMPARISONS`.
        threshold: What is compared with.

    Returns:
        True if no value between the ends would give another answer than "it holds".
    """
    if sign == "!=":
        return threshold < low or threshold > high
    return compare(low, sign, threshold) and compare(high, sign, threshold) and (sign != "=" or low == high)
