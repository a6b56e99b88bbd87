"""The page of figures: what one run did not measure stays on it, with when it was measured."""

import json
from pathlib import Path

import pytest

from tests.bench import __main__ as bench

MACHINE = {"cpus": 2, "cpu_model": "model", "memory_gb": 24, "kernel": "6"}


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with one earlier result; measuring gives figures at once."""
    results = tmp_path / "tests" / "bench" / "results"
    results.mkdir(parents=True)
    (tmp_path / "docs").mkdir()
    earlier = {
        "measures": {"up": {"cold_seconds": 281.5, "cached_seconds": 95.2}},
        "measured": {"up": "2026-01-01, commit aaaaaaa"},
    }
    (results / "2026-01-01T000000Z.json").write_text(json.dumps(earlier))
    monkeypatch.setattr(bench, "ROOT", tmp_path)
    monkeypatch.setattr(bench, "RESULTS", results)
    monkeypatch.setattr(bench, "machine", lambda: {"date": "2026-02-02", "commit": "bbbbbbb", **MACHINE})
    return tmp_path


def test_what_is_not_measured_is_taken_over(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    figures = {"hosts": 26, "validate_seconds": 1.1, "plan_seconds": 8.0, "render_seconds": 9.0, "rendered_files": 341}
    monkeypatch.setitem(bench.MEASURES, "kilo", lambda: figures)
    assert bench.main(["kilo"]) == 0
    page = (checkout / "docs" / "figures.md").read_text()
    assert "| `make up`, nothing cached | 281.5 | 480 |" in page
    assert "| up | 2026-01-01, commit aaaaaaa |" in page
    assert "| kilo | 2026-02-02, commit bbbbbbb |" in page


def test_a_measure_that_fails_is_named_and_keeps_its_last_figures(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> dict[str, object]:
        raise AssertionError("no testbed")

    monkeypatch.setitem(bench.MEASURES, "up", fails)
    assert bench.main(["up"]) == 1
    page = (checkout / "docs" / "figures.md").read_text()
    assert "`up` was not measured: AssertionError: no testbed" in page
    assert "281.5" in page
