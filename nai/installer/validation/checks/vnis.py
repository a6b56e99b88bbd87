"""Do the ranges of VXLAN network identifiers go together?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nai.installer.validation.context import Context
from nai.installer.validation.finding import Finding
from nai.installer.validation.vni_ranges import problems_of

RANGES = "nai_vni_ranges"
BOUNDS = ("nai_vni_min", "nai_vni_max")
ANSWERS, ANSWER = "packstack_answers", "CONFIG_NEUTRON_ML2_VNI_RANGES"


def check(context: Context) -> Iterator[Finding]:
    """The first and last identifier, the list of ranges, and an answer of packstack's that stands for the list."""
    hosts = context.hosts("nai")
    if not hosts:
        return
    yield from _bounds(context, hosts[0])
    if context.is_set(hosts[0], RANGES):
        yield from _ranges(context, hosts[0])
    yield from _answer(context, hosts[0])


def _bounds(context: Context, host: str) -> Iterator[Finding]:
    low, high = (context.parsed(host, name) for name in BOUNDS)
    if isinstance(low, int) and isinstance(high, int) and low > high:
        name, other = reversed(BOUNDS) if context.origin(None, BOUNDS[1]) else BOUNDS
        text = f"is below nai_vni_min {low}" if name == BOUNDS[1] else f"is above {other} {high}"
        yield context.finding(host, name, text, "the first VXLAN network identifier is not above the last")


def _ranges(context: Context, host: str) -> Iterator[Finding]:
    ranges = context.rendered(host, RANGES)
    if not isinstance(ranges, list | tuple) or not all(isinstance(text, str) for text in ranges):
        return  # its type has been reported
    for problem in problems_of(ranges):
        yield context.finding(host, RANGES, problem.wrong, problem.action, where=f"[{problem.position}]", value=ranges)
    written = str(context.inventory.set_variables(host)[RANGES])
    for name in BOUNDS:
        if context.is_set(host, name) and name not in written:
            yield context.finding(host, name, f"has no effect beside {RANGES}", "delete one of the two")


def _answer(context: Context, host: str) -> Iterator[Finding]:
    answers = context.rendered(host, ANSWERS) if ANSWERS in context.schema.variables else None
    text = answers.get(ANSWER) if isinstance(answers, Mapping) else None
    if isinstance(text, str):
        for problem in problems_of(text.split(",")):
            wrong = f"has a range {text.split(',')[problem.position].strip()} that {problem.wrong}"
            yield context.finding(host, ANSWERS, wrong, problem.action, where=f".{ANSWER}", value=answers)
