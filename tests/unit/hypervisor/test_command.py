"""What an instance runs."""

from typing import Any

import pytest

from nai.hypervisor.command import command_of


@pytest.mark.parametrize(
    ("config", "words", "expected"),
    [
        ({}, None, ("/sbin/init",)),
        ({"Entrypoint": None, "Cmd": None}, "  ", ("/sbin/init",)),
        ({"Entrypoint": ["/entry"], "Cmd": ["a", "b c"]}, None, ("/entry", "a", "b c")),
        ({"Cmd": ["httpd"]}, None, ("httpd",)),
        ({"Entrypoint": ["/entry"], "Cmd": ["a"]}, "run 'two words' x", ("run", "two words", "x")),
    ],
)
def test_the_image_property_comes_before_the_image_and_the_image_before_init(
    config: dict[str, Any], words: str | None, expected: tuple[str, ...]
) -> None:
    assert command_of(config, words).argv == expected


def test_a_property_that_cannot_be_split_is_named() -> None:
    with pytest.raises(ValueError, match=r"os_command_line \"run 'x\": No closing quotation"):
        command_of({}, "run 'x")


@pytest.mark.parametrize(
    ("line", "own_init", "sshd"),
    [
        ("/sbin/init", True, True),
        ("/lib/systemd/systemd --system", True, True),
        ("/usr/bin/tini -- app", True, False),
        ("/usr/sbin/sshd -D", False, True),
        ("/usr/bin/supervisord -n", False, True),
        ("sleep infinity", False, False),
    ],
)
def test_an_init_of_the_image_reaps_and_a_system_init_starts_services(line: str, own_init: bool, sshd: bool) -> None:
    command = command_of({}, line)
    assert (command.has_own_init, command.starts_sshd) == (own_init, sshd)
