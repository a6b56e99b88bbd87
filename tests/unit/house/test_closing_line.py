"""The closing line over several JUnit files."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.repository import ROOT

SUITE = '<testsuites><testsuite tests="{}" failures="{}" errors="{}" skipped="{}" time="1.5"/></testsuites>'


def closing_line(exit_code: int, *files: Path) -> str:
    command = [sys.executable, str(ROOT / "scripts/lib/closing-line"), str(exit_code), *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def green(tmp_path: Path) -> Path:
    file = tmp_path / "green.xml"
    file.write_text(SUITE.format(10, 0, 0, 2))
    return file


def test_counts_are_summed_up(green: Path, tmp_path: Path) -> None:
    red = tmp_path / "red.xml"
    red.write_text(SUITE.format(5, 1, 1, 0))
    assert closing_line(1, green, red) == "===== 1 failed, 11 passed, 2 skipped, 1 error in 3.00s ====="


def test_a_failure_outside_of_the_tests_shows(green: Path) -> None:
    assert closing_line(1, green) == "===== 8 passed, 2 skipped, 1 error in 1.50s ====="


def test_green_is_green(green: Path, tmp_path: Path) -> None:
    assert closing_line(0, green, tmp_path / "missing.xml") == "===== 8 passed, 2 skipped in 1.50s ====="
