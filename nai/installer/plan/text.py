"""A plan for the reader, and for programs."""

from __future__ import annotations

from typing import Any

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


def as_text(plan: Plan) -> str:
    """Returns the plan as lines of text."""
    lines: list[str] = []
    for stage in plan.stages:
        changing = {host: effects for host, effects in stage.hosts.items() if effects}
        if not stage.hosts:
            lines.append(f"{stage.name}: not looked at, {_why_not(plan)}")
        elif not changing:
            lines.append(f"{stage.name}: no change")
        else:
            lines.append(f"{stage.name}:")
            for host, effects in changing.items():
                lines.append(f"  {host}: {_counts(effects)}")
                lines.extend(f"    {line}" for line in map(_names, effects))
    lines.extend(_remarks(plan))
    hosts = len({host for stage in plan.stages for host, effects in stage.hosts.items() if effects})
    summary = f"plan: {plan.changes} changes on {hosts} hosts" if plan.changes else "plan: no change"
    lines.append(f"{summary}; {len(plan.unreachable)} hosts did not answer" if plan.unreachable else summary)
    return "\n".join(lines)


def _why_not(plan: Plan) -> str:
    return "the run would stop before it" if plan.failures else "none of its hosts can be reached"


def _remarks(plan: Plan) -> list[str]:
    lines = [
        f"{host}: cannot be reached ({reason}); the plan lacks {LACKING}"
        for host, reason in sorted(plan.unreachable.items())
    ]
    lines += [f"warning: {text}" for text in plan.warnings]
    return lines + [f"failure: {text}" for text in plan.failures]


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
        "warnings": plan.warnings,
        "failures": plan.failures,
    }


def _counts(effects: list[Effect]) -> str:
    return ", ".join(
        f"{len(effect.names)} {effect.kind if len(effect.names) == 1 else PLURALS[effect.kind]}" for effect in effects
    )


def _names(effect: Effect) -> str:
    more = len(effect.names) - SHOWN
    return f"{effect.kind}: {', '.join(effect.names[:SHOWN])}{f' and {more} more' if more > 0 else ''}"
