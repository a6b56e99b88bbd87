"""Reads autoscaling policies as they are on the wire and refuses those that could not be carried out.

The original read any policy and failed, or quietly did nothing, when the policy fired. Here on-boarding tells all
faults of all policies at once. The `mode` is not looked at: PROACTIVE and PREDICTIVE were never more than names, and
policies that carry them run as REACTIVE ones, as they did there.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from nai.vnfm.media_server.autoscaling.comparison import COMPARISONS
from nai.vnfm.media_server.autoscaling.policy import ActionType, Alarm, ScalingAction, ScalingPolicy, ScalingType
from nai.vnfm.media_server.autoscaling.statistics import STATISTICS

_UNSUPPORTED_ACTIONS = ("SCALE_OUT_TO_FLAVOUR", "SCALE_IN_TO_FLAVOUR")


class PolicyError(ValueError):
    """Autoscaling policies that cannot be carried out.

    Attributes:
        faults: One sentence per fault, each naming the policy.
    """

    def __init__(self, faults: Iterable[str]) -> None:
        """Keeps the sentences.

        Args:
            faults: At least one.
        """
        self.faults = tuple(faults)
        super().__init__(" ".join(self.faults))


class _Reader:
    """Reads the fields of one document and collects what is wrong with them."""

    def __init__(self, where: str, document: Mapping[str, Any], faults: list[str]) -> None:
        self.where = where
        self.document = document
        self.faults = faults

    def fault(self, text: str) -> None:
        self.faults.append(f"{self.where}: {text}")

    def number(self, field: str, default: float | None = None, minimum: float = -math.inf) -> float:
        value = self.document.get(field, default)
        try:
            number = float(value) if value is not None and not isinstance(value, bool) else math.nan
        except (TypeError, ValueError):
            number = math.nan
        if not math.isfinite(number) or number < minimum:
            bound = "" if minimum == -math.inf else f" of at least {minimum:g}"
            self.fault(f"{field} must be a number{bound}, not {value!r}.")
            return 1.0
        return number

    def choice(self, field: str, choices: Iterable[str], default: str | None = None) -> str:
        value = self.document.get(field, default)
        known = tuple(choices)
        if value not in known:
            self.fault(f"{field} must be one of {', '.join(known)}, not {value!r}.")
            return known[0]
        return str(value)


def read_policies(documents: Iterable[Mapping[str, Any]]) -> tuple[ScalingPolicy, ...]:
    """Reads the `auto_scale_policy` list of a VNFD or VNFR.

    Args:
        documents: Policies with the names of the wire.

    Returns:
        The policies in the given order.

    Raises:
        PolicyError: With every fault of every policy.
    """
    faults: list[str] = []
    policies: list[ScalingPolicy] = []
    for position, document in enumerate(documents, start=1):
        name = str(document.get("name") or f"number {position}")
        reader = _Reader(f"Autoscaling policy {name}", document, faults)
        alarms = tuple(_alarm(name, alarm, faults) for alarm in document.get("alarms") or ())
        actions = tuple(
            action for entry in document.get("actions") or () if (action := _action(name, entry, faults)) is not None
        )
        policy = ScalingPolicy(
            name=name,
            threshold=reader.number("threshold"),
            comparison=reader.choice("comparisonOperator", COMPARISONS),
            period=reader.number("period", minimum=1),
            cooldown=reader.number("cooldown", default=0, minimum=0),
            type=ScalingType(reader.choice("type", tuple(ScalingType), default=ScalingType.VOTED)),
            alarms=alarms,
            actions=actions,
        )
        _check_whole(reader, policy)
        policies.append(policy)
    if faults:
        raise PolicyError(faults)
    return tuple(policies)


def _alarm(policy: str, document: Mapping[str, Any], faults: list[str]) -> Alarm:
    metric = str(document.get("metric") or "")
    reader = _Reader(f"Autoscaling policy {policy}, alarm on {metric or '?'}", document, faults)
    if not metric:
        reader.fault("metric is missing.")
    return Alarm(
        metric=metric,
        statistic=reader.choice("statistic", STATISTICS),
        comparison=reader.choice("comparisonOperator", COMPARISONS),
        threshold=reader.number("threshold"),
        weight=reader.number("weight", default=0, minimum=0),
    )


def _action(policy: str, document: Mapping[str, Any], faults: list[str]) -> ScalingAction | None:
    reader = _Reader(f"Autoscaling policy {policy}", document, faults)
    if document.get("type") in _UNSUPPORTED_ACTIONS:
        reader.fault(
            f"the action {document['type']} changes the flavour of running media servers, which would end their "
            "sessions; use SCALE_OUT, SCALE_OUT_TO, SCALE_IN or SCALE_IN_TO."
        )
        return None
    kind = ActionType(reader.choice("type", tuple(ActionType)))
    value = reader.number("value", minimum=1)
    if value != int(value):
        reader.fault(f"value of the action {kind} must be a whole number, not {document.get('value')!r}.")
    target = document.get("target")
    return ScalingAction(type=kind, value=int(value), target=str(target) if target else None)


def _check_whole(reader: _Reader, policy: ScalingPolicy) -> None:
    """Checks what concerns a policy's parts together."""
    if not reader.document.get("alarms"):
        reader.fault("it has no alarms, so it could never fire.")
    if not reader.document.get("actions"):
        reader.fault("it has no actions, so it could do nothing.")
    if len({action.type.direction for action in policy.actions}) > 1:
        reader.fault("its actions go both outwards and inwards; make it two policies.")
