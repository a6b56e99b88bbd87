"""What the end-to-end tests read out of a run's output."""

import pytest

from tests.support.ansible import recap_of
from tests.support.wait import until

OUTPUT = """
TASK [x] ***
changed: [compute1]

PLAY RECAP *****
compute1                   : ok=12   changed=1    unreachable=0    failed=0    skipped=3    rescued=0    ignored=0
localhost                  : ok=2    changed=0    unreachable=0    failed=0    skipped=0    rescued=0    ignored=0

Stage       seconds
base : ok     3
"""


def test_the_recap_is_read() -> None:
    recap = recap_of(OUTPUT)
    assert set(recap) == {"compute1", "localhost"}
    assert recap["compute1"]["changed"] == 1
    assert recap["compute1"]["skipped"] == 3


def test_waiting_says_what_was_seen_last() -> None:
    with pytest.raises(AssertionError, match="the door is open; last seen: 'shut'"):
        until("the door is open", lambda: "shut", seconds=0, holds=lambda seen: seen == "open")


def test_an_error_of_the_connection_is_not_the_end() -> None:
    errors = [ConnectionRefusedError("not yet")]

    def probe() -> str:
        if errors:
            raise errors.pop()
        return "there"

    assert until("an answer", probe, seconds=5, every_seconds=0) == "there"
