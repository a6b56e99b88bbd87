"""The main job on a deployed platform: proven, repeatable, and quiet when there is nothing to do."""

from tests.support.ansible import playbook


def test_verify_is_green() -> None:
    playbook("playbooks/verify.yml").ok()


def test_a_second_run_changes_nothing() -> None:
    run = playbook("site.yml").ok()
    assert run.changed == {}, run.output[-6000:]


def test_a_dry_run_shows_no_difference() -> None:
    run = playbook("site.yml", "--check", "--diff").ok()
    assert run.changed == {}, run.output[-6000:]
    differences = [line for line in run.output.splitlines() if line.startswith(("--- before", "+++ after"))]
    assert not differences, differences


def test_plan_has_nothing_to_do() -> None:
    run = playbook("playbooks/plan.yml").ok()
    assert run.changed == {}, run.output[-6000:]


def test_the_run_ends_with_seconds_per_stage() -> None:
    run = playbook("playbooks/precheck.yml").ok()
    assert "precheck" in run.output.rpartition("PLAY RECAP")[2].lower(), run.output[-2000:]
