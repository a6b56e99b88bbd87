"""A plan for the reader, and for programs."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Sequence
from typing import Any, TypeVar

from nai.installer.host_names import counted, shortened
from nai.installer.plan.effects import Effect
from nai.installer.plan.model import LACKING, Plan

PLURALS = {
    "file": "files",
    "package": "packages",
    "service": "services",
    "migration": "migrations",
    "object": "objects",
    "secret": "secrets",
    "task": "other tasks",
}
SHOWN = 8
"""Names of one kind that are shown; the report in JSON has all."""

T = TypeVar("T", bound=Hashable)


def as_text(plan: Plan) -> str:
    """Returns the plan as lines of text; hosts of which the same is said share them."""
    lines: list[str] = []
    for stage in plan.stages:
        if not stage.hosts:
            lines.append(f"{stage.name}: not looked at, {_why_not(plan)}")
        elif not any(stage.hosts.values()):
            lines.append(f"{stage.name}: no change")
        else:
            lines.append(f"{stage.name}:")
            for effects, hosts in _alike((host, tuple(effects)) for host, effects in stage.hosts.items() if effects):
                each = " each" if len(hosts) > 1 else ""
                lines.append(f"  {shortened(hosts)}: {_counts(effects)}{each}")
                lines.extend(f"    {line}" for line in map(_names, effects))
    lines.extend(_remarks(plan))
    changing = {host for stage in plan.stages for host, effects in stage.hosts.items() if effects}
    quiet = "no change on the hosts that answered" if plan.unreachable else "no change"
    parts = [f"plan: {plan.changes} changes on {len(changing)} hosts" if plan.changes else f"plan: {quiet}"]
    parts += [f"{len(plan.unreachable)} hosts did not answer"] if plan.unreachable else []
    return "\n".join([*lines, "; ".join(parts)])


def _why_not(plan: Plan) -> str:
    if plan.failures:
        return "the run would stop before it"
    return "no module runs on its hosts yet" if plan.without_python else "none of its hosts can be reached"


def _remarks(plan: Plan) -> list[str]:
    lines = []
    for reason, hosts in _alike((host, _without_address(plan.unreachable[host])) for host in plan.unreachable):
        lines.append(f"{shortened(hosts)}: cannot be reached ({reason}); the plan lacks {_of_each(hosts)}{LACKING}")
    if bare := sorted(plan.without_python, key=counted):
        lines.append(
            f"{shortened(bare)}: no Python there that modules run on; the plan lacks {_of_each(bare)}{LACKING}"
        )
    for kind, remarks in (("warning", plan.warnings), ("failure", plan.failures)):
        lines += [
            f"{kind}: {shortened(hosts)}: {text}" for text, hosts in _alike((item.host, item.text) for item in remarks)
        ]
    return lines


def _alike(said: Iterable[tuple[str, T]]) -> list[tuple[T, list[str]]]:
    """What is said, each once, with the hosts that it is said of."""
    hosts: dict[T, list[str]] = {}
    for host, text in said:
        hosts.setdefault(text, []).append(host)
    return [(text, sorted(names, key=counted)) for text, names in hosts.items()]


def _of_each(hosts: list[str]) -> str:
    return "of each " if len(hosts) > 1 else ""


def _without_address(reason: str) -> str:
    """What ssh says names the host's address, by which 26 equal reasons would differ."""
    return re.sub(r"\bhost \S+ port\b", "its port", reason)


def as_dict(plan: Plan) -> dict[str, Any]:
    """Returns the plan with every name, for a report in JSON."""
    return {
        "changes": plan.changes,
        "stages": [
            {
                "name": stage.name,
                "hosts": {
                    host: {effect.kind: list(effect.names) for effect in effects}
                    for host, effects in stage.hosts.items()
                },
            }
            for stage in plan.stages
        ],
        "unreachable": {host: {"reason": reason, "lacks": LACKING} for host, reason in plan.unreachable.items()},
        "without_python": {host: {"lacks": LACKING} for host in plan.without_python},
        "warnings": [str(remark) for remark in plan.warnings],
        "failures": [str(remark) for remark in plan.failures],
    }


def _counts(effects: Sequence[Effect]) -> str:
    return ", ".join(
        f"{len(effect.names)} {effect.kind if len(effect.names) == 1 else PLURALS[effect.kind]}" for effect in effects
    )


def _names(effect: Effect) -> str:
    more = len(effect.names) - SHOWN
    return f"{effect.kind}: {', '.join(effect.names[:SHOWN])}{f' and {more} more' if more > 0 else ''}"
