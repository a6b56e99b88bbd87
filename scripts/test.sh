#!/usr/bin/env bash
# The whole proof from a fresh clone: tools, fast tests, the testbed from nothing, the platform on it, every end-to-end test, Molecule.
# An existing testbed of this checkout is replaced.
#   NAI_KEEP=1   leave the testbed up at the end
#   NAI_REUSE=1  test the testbed that is up; leaves out what needs fresh hosts
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH"
# shellcheck source=scripts/lib/steps.sh
. scripts/lib/steps.sh

steps_clean
started=$SECONDS
result=0

# shellcheck disable=SC2329  # the trap below calls it
finish() {
    local rc=$?
    trap - EXIT
    [ "$rc" -eq 0 ] || result=1
    if [ -z "${NAI_KEEP:-}${NAI_REUSE:-}" ] && [ "${hosts_made:-}" ]; then
        step testbed-down nai testbed down || result=1
    fi
    steps_summary || result=1
    echo "whole test: $((SECONDS - started)) s"
    scripts/lib/closing-line "$result" "$steps_dir"/junit-*.xml
    exit "$result"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# shellcheck disable=SC2329  # `step` calls it
e2e() { # NAME PYTEST-ARGUMENTS…
    local name=$1
    shift
    pytest -v --durations=15 --junitxml="$steps_dir/junit-$name.xml" "$@"
}

step bootstrap scripts/bootstrap --dev
step fast env NAI_TEST_NESTED=1 scripts/test-fast.sh || result=1

if [ -z "${NAI_REUSE:-}" ]; then
    hosts_made=1
    # Takes an old testbed down, interrupts `make up` four times, and leaves fresh hosts for the dry runs.
    step e2e-interrupted-up e2e e2e-interrupted-up tests/e2e/test_interrupted_testbed.py
    step e2e-fresh e2e e2e-fresh tests/e2e -m fresh --ignore tests/e2e/test_interrupted_testbed.py || result=1
    step make-up make up
fi
step e2e e2e e2e tests/e2e -m "not fresh and not destructive" || result=1
step integration e2e integration tests/integration || result=1
step e2e-destructive e2e e2e-destructive tests/e2e -m destructive || result=1
step secrets e2e secrets tests/e2e/test_secrets.py || result=1
# The platform has been killed, restarted and reconfigured by now; the proof must still hold.
step verify-again ansible-playbook playbooks/verify.yml || result=1
step molecule molecule test --scenario-name base || result=1
step molecule-kilo molecule test --scenario-name kilo || result=1
exit "$result"
