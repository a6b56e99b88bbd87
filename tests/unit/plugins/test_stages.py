"""Seconds per stage."""

from ansible_collections.nubomedia.nai.plugins.plugin_utils.stages import Stages


def test_plays_of_one_stage_are_summed() -> None:
    stages = Stages()
    assert stages.begin("nova | database", 0.0) == "nova"
    stages.count("nova", changed=True, failed=False)
    assert stages.begin("glance | all", 10.0) == "glance"
    stages.count("glance", changed=True, failed=True)
    stages.begin("nova | services", 12.5)
    stages.end(20.0)
    stages.end(99.0)
    assert [(stage.name, stage.seconds, stage.changed, stage.failed) for stage in stages] == [
        ("nova", 17.5, 1, 0),
        ("glance", 2.5, 1, 1),
    ]
    assert stages.total.seconds == 20.0
    assert stages.table() == (
        "stage    seconds   changed    failed\n"
        "nova        17.5         1         0\n"
        "glance       2.5         1         1\n"
        "------------------------------------\n"
        "total       20.0         2         1"
    )


def test_a_play_without_a_stage_or_a_name() -> None:
    stages = Stages()
    assert stages.begin("only a name", 0.0) == "only a name"
    assert stages.begin("", 1.0) == "unnamed"


def test_a_stage_without_a_host_is_left_out() -> None:
    stages = Stages()
    stages.begin("base | packages", 0.0)
    stages.begin("base | packages of another release", 2.0)
    stages.forget_running()
    stages.begin("packstack | another release", 3.0)
    stages.forget_running()
    stages.begin("nova | all", 3.5)
    stages.end(4.0)
    assert [(stage.name, stage.seconds) for stage in stages] == [("base", 3.0), ("nova", 0.5)]


def test_nothing_ran() -> None:
    assert Stages().table() == ""
