"""The rules by which an application is given up."""

import pytest

from nai.vnfm.media_server.heartbeat import HeartbeatRules, Removal, judge_beat, judge_sessions
from nai.vnfm.media_server.heartbeat.rules import Beat

RULES = HeartbeatRules()


@pytest.mark.parametrize(
    ("elapsed", "missed", "expected"),
    [
        (0, 0, Beat.FRESH),
        (29.9, 2, Beat.FRESH),
        (30, 0, Beat.MISSED),
        (60, 1, Beat.MISSED),
        (90, 2, Beat.EXPIRED),
        (90.1, 0, Beat.EXPIRED),
    ],
)
def test_three_missed_or_ninety_seconds(elapsed: float, missed: int, expected: Beat) -> None:
    assert judge_beat(elapsed, missed, RULES) is expected


def test_the_sessions_can_be_asked_for_from_the_first_miss_on() -> None:
    assert judge_beat(30, 0, HeartbeatRules(session_check_from=1)) is Beat.SUSPECT


@pytest.mark.parametrize(
    ("beat", "sessions", "elapsed", "expected"),
    [
        (Beat.EXPIRED, None, 91, Removal.NO_HEARTBEAT),
        (Beat.SUSPECT, None, 31, None),
        (Beat.SUSPECT, 0, 31, Removal.NO_SESSION),
        (Beat.EXPIRED, 2, 91, None),
        (Beat.EXPIRED, 2, 300, None),
        (Beat.EXPIRED, 2, 301, Removal.RELEASE_TIMEOUT),
    ],
)
def test_sessions_keep_an_application_until_the_release_timeout(
    beat: Beat, sessions: int | None, elapsed: float, expected: Removal | None
) -> None:
    assert judge_sessions(beat, sessions, elapsed, RULES) is expected
