"""The switch goes, everything else of the command line stays."""

import pytest
from ansible_collections.nubomedia.nai.plugins.plugin_utils.command_line import without_switch

SITE = ["python", "ansible-playbook", "site.yml"]


@pytest.mark.parametrize(
    ("options", "left"),
    [
        (["-e", "nai_interactive=true"], []),
        (["-enai_interactive=True"], []),
        (["--extra-vars", "nai_interactive=yes", "-v"], ["-v"]),
        (['--extra-vars={"nai_interactive": true}'], []),
        (["-e", "nai_interactive=true a=1 b='x y'"], ["-e", '{"a": "1", "b": "x y"}']),
        (["-e", '{"nai_interactive": true, "a": [1]}', "-e", "c=2"], ["-e", '{"a": [1]}', "-e", "c=2"]),
        (["-e", "@file.yml", "-e", "nai_interactive=1", "-i", "lab"], ["-e", "@file.yml", "-i", "lab"]),
    ],
)
def test_it_is_taken_out(options: list[str], left: list[str]) -> None:
    assert without_switch([*SITE, *options]) == ([*SITE, *left], True)


@pytest.mark.parametrize(
    "options",
    [
        ["-e", "nai_interactive=false"],
        ["-e", "@nai_interactive.yml"],
        ["-e", '{"nai_interactive": '],
        ["-e", "[nai_interactive]"],
        ["--limit", "nai_interactive=true"],
        ["-v"],
    ],
)
def test_without_it_nothing_changes(options: list[str]) -> None:
    assert without_switch([*SITE, *options]) == ([*SITE, *options], False)
