"""`make up` is killed while it makes the hosts; running it again finishes the job. Starts from nothing."""

import signal
import subprocess

import pytest

from nai.installer.testbed.ownership import this_checkout
from tests.support.ansible import run, start
from tests.support.hosts import hosts

pytestmark = pytest.mark.fresh

# The step of `nai testbed up` whose line has just been printed when the signal comes.
MOMENTS = [
    ("networks", signal.SIGKILL),
    ("images", signal.SIGINT),
    ("package cache", signal.SIGKILL),
    (r"(controller|compute|operations)\d", signal.SIGKILL),
]


def test_an_interrupted_up_is_finished_by_the_next_one() -> None:
    assert run("nai", "testbed", "down").exit_code == 0
    for step, number in MOMENTS:
        running = start("make", "up")
        try:
            running.wait_for_output(rf"^[+=] {step}", seconds=900)
        finally:
            running.interrupt(number)
        assert running.finish(60).exit_code != 0, f"interrupted after {step}"
    done = run("nai", "testbed", "up")
    assert done.exit_code == 0, done.output
    for host in hosts().values():
        assert host.read("systemctl is-system-running") == "running", host.name


def test_no_process_or_container_of_the_killed_runs_is_left() -> None:
    names = subprocess.run(
        ["docker", "ps", "--all", "--filter", f"label={this_checkout().label}", "--format", "{{.Names}}"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert not [name for name in names if "bake" in name], names
