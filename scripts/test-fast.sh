#!/usr/bin/env bash
# Everything that needs no host: lint, types, unit and contract tests, documentation, the collection's archive.
# Needs .venv (scripts/bootstrap --dev). Logs and JUnit files go to build/test-results.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH"
# shellcheck source=scripts/lib/steps.sh
. scripts/lib/steps.sh
trap 'kill 0' INT TERM

[ "${NAI_TEST_NESTED:-}" ] || steps_clean
started=$SECONDS

# The longest ones first, so that the short ones fill the gaps.
step_async unit-and-contract pytest -q -n 2 tests/unit tests/contract --cov --cov-report=term:skip-covered \
    --cov-report="xml:$steps_dir/coverage.xml" --junitxml="$steps_dir/junit-fast.xml"
step_async ansible-lint scripts/lint ansible-lint
step_async mypy scripts/lint mypy
# Not --quiet: it would hide the warnings from --strict as well.
step_async docs env NO_MKDOCS_2_WARNING=1 mkdocs build --strict --site-dir build/site
step_async ruff scripts/lint ruff
step_async yamllint scripts/lint yamllint
step_async shellcheck scripts/lint shellcheck
step_async reference scripts/lint reference
steps_wait

tail -n 3 "$steps_dir/unit-and-contract.log"
result=0
steps_summary || result=1
echo "fast tests: $((SECONDS - started)) s"
[ "${NAI_TEST_NESTED:-}" ] || scripts/lib/closing-line "$result" "$steps_dir"/junit-*.xml
exit "$result"
