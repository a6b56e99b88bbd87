# shellcheck shell=bash
# Runs named steps, each with a log of its own, a bounded number at once, and prints a table of them at the end.
# Source it, call `step NAME COMMAND…` (waits) or `step_async NAME COMMAND…`, `steps_wait` as a barrier and `steps_summary` last.

steps_dir=${NAI_TEST_RESULTS:-build/test-results}
steps_at_once=${NAI_TEST_JOBS:-2}
steps_names=()

# steps_clean: forgets the results of an earlier run.
steps_clean() {
    rm -rf "$steps_dir"
    mkdir -p "$steps_dir"
}

_step_run() { # NAME COMMAND…: runs the command, leaves NAME.log, NAME.rc and NAME.seconds
    local name=$1 start=$SECONDS rc=0
    shift
    "$@" >"$steps_dir/$name.log" 2>&1 </dev/null || rc=$?
    echo $((SECONDS - start)) >"$steps_dir/$name.seconds"
    echo "$rc" >"$steps_dir/$name.rc"
    if [ "$rc" -ne 0 ]; then
        { echo "--- $name failed with exit code $rc:" && tail -n 200 "$steps_dir/$name.log"; } >&2
    fi
}

# step_async NAME COMMAND…: starts the command as soon as fewer than steps_at_once others run.
step_async() {
    steps_names+=("$1")
    while [ "$(jobs -rp | wc -l)" -ge "$steps_at_once" ]; do wait -n || true; done
    _step_run "$@" &
}

# steps_wait: returns when all started steps have ended.
steps_wait() { wait; }

# step NAME COMMAND…: runs the command with its output on the screen; returns its exit code.
step() {
    local name=$1 start=$SECONDS rc=0
    steps_names+=("$name")
    shift
    echo "=== $name"
    "$@" </dev/null > >(tee "$steps_dir/$name.log") 2>&1 || rc=$?
    echo $((SECONDS - start)) >"$steps_dir/$name.seconds"
    echo "$rc" >"$steps_dir/$name.rc"
    return "$rc"
}

# steps_summary: prints the table; returns 1 when a step failed or did not end.
steps_summary() {
    local name rc failed=0
    printf '\n%-24s %8s  %s\n' step seconds result
    for name in "${steps_names[@]}"; do
        rc=$(cat "$steps_dir/$name.rc" 2>/dev/null || echo "not finished")
        printf '%-24s %8s  %s\n' "$name" "$(cat "$steps_dir/$name.seconds" 2>/dev/null || echo -)" \
            "$([ "$rc" = 0 ] && echo ok || echo "FAILED ($rc), see $steps_dir/$name.log")"
        [ "$rc" = 0 ] || failed=1
    done
    return "$failed"
}
