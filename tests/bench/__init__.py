"""Measures the running testbed: `python -m tests.bench` writes a results file and the page docs/figures.md."""
