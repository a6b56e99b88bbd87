"""What a verification did: one entry per step, kept in a file so that an interrupted run shows how far it got."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from keystoneauth1.exceptions import ClientException
from openstack.exceptions import SDKException

from nai.installer.verification.errors import CheckFailedError


@dataclass
class Step:
    """One thing that was proved, or not.

    Attributes:
        name: what it proves.
        seconds: how long it took.
        passed: whether it holds.
        expected: what had to be seen.
        seen: what was seen.
    """

    name: str
    seconds: float = 0.0
    passed: bool = True
    expected: str = ""
    seen: str = ""


@dataclass
class Report:
    """The steps of one verification.

    Attributes:
        run_id: part of the name of everything that it makes.
        started: time of its start, ISO 8601 in UTC.
        file: where it is kept.
        steps: the finished steps.
        figures: measured seconds and sizes, for comparisons between runs.
        handover: what a later phase needs of an earlier one; no secrets.
    """

    run_id: str
    started: str
    file: Path
    steps: list[Step] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)
    handover: dict[str, Any] = field(default_factory=dict)
    show: Callable[[str], None] = field(default=lambda _line: None, repr=False)

    @classmethod
    def begin(cls, directory: Path, run_id: str) -> Report:
        """Starts a report in a directory, which is made when it is missing."""
        directory.mkdir(parents=True, exist_ok=True)
        now = datetime.now(UTC)
        return cls(run_id, now.isoformat(timespec="seconds"), directory / f"verify-{now:%Y%m%dT%H%M%SZ}.json")

    @classmethod
    def load(cls, file: Path) -> Report:
        """Reads a report back.

        Raises:
            CheckFailedError: the file is not there or is no report.
        """
        try:
            content = json.loads(file.read_text())
            steps = [Step(**step) for step in content["steps"]]
            return cls(content["run_id"], content["started"], file, steps, content["figures"], content["handover"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CheckFailedError("a report of this run", f"{file} cannot be read: {error}") from error

    def save(self) -> None:
        """Writes the file, whole or not at all."""
        content = {
            "run_id": self.run_id,
            "started": self.started,
            "passed": self.passed,
            "seconds": round(self.seconds, 1),
            "steps": [asdict(step) for step in self.steps],
            "figures": self.figures,
            "handover": self.handover,
        }
        new = self.file.with_suffix(".new")
        new.write_text(json.dumps(content, indent=2) + "\n")
        new.replace(self.file)

    @property
    def passed(self) -> bool:
        """Whether every step so far holds."""
        return all(step.passed for step in self.steps)

    @property
    def seconds(self) -> float:
        """Sum of the steps."""
        return sum(step.seconds for step in self.steps)

    @contextmanager
    def step(self, name: str, expected: str = "") -> Iterator[Step]:
        """Times a step, shows one line at its end and keeps it, also when it fails.

        Args:
            name: what it proves.
            expected: what has to be seen.

        Yields:
            The step; the caller sets `seen`.

        Raises:
            CheckFailedError: the block's, or in place of an error of the API.
        """
        step = Step(name, expected=expected)
        began = time.monotonic()
        try:
            yield step
        except CheckFailedError as error:
            step.passed, step.expected, step.seen = False, error.expected, error.seen
            raise
        except (SDKException, ClientException) as error:
            step.passed, step.seen = False, f"{type(error).__name__}: {error}"
            step.expected = step.expected or "the API to carry it out"
            raise CheckFailedError(step.expected, step.seen) from error
        except BaseException as error:
            step.passed, step.seen = False, f"{type(error).__name__}: {error}"
            raise
        finally:
            step.seconds = round(time.monotonic() - began, 2)
            self.steps.append(step)
            self.save()
            self.show(line(step))


def line(step: Step) -> str:
    """One line for a finished step."""
    text = f"{'ok    ' if step.passed else 'FAILED'} {step.seconds:7.2f} s  {step.name}"
    if not step.passed:
        return f"{text}: expected {step.expected or 'no error'}; seen: {step.seen}"
    return f"{text}: {step.seen}" if step.seen else text


def table(report: Report) -> str:
    """The steps as a table of text, the total last."""
    width = max([len(step.name) for step in report.steps], default=4)
    columns = int(os.environ.get("COLUMNS", "160"))
    lines = [f"{'step':<{width}}  {'seconds':>8}  result"]
    for step in report.steps:
        start = f"{step.name:<{width}}  {step.seconds:>8.2f}  "
        if step.passed:
            lines.append(f"{start}ok {step.seen}"[:columns].rstrip())
        else:
            lines.append(f"{start}FAILED: expected {step.expected or 'no error'}; seen: {step.seen}")
    lines.append(f"{'total':<{width}}  {report.seconds:>8.2f}  {'ok' if report.passed else 'FAILED'}")
    return "\n".join(lines)
