"""When an application is given up: pure rules.

Contract 2.2: each application is checked once a period. Without a fresh heartbeat the check counts as missed; after
`retry_max` missed ones in a row, or after `retry_timeout_seconds`, the application goes. The real media client sends a
heartbeat each 60 s only, so that with the period of 30 s every second check is missed: one miss means nothing yet.

Seed 2.3.7.5 adds what the monitor says. From `session_check_from` missed checks on it is asked for the application's
sessions: none is the proof that the application is over (figure 18); some keep it, and the question is repeated each
`release_check_period_seconds` (figure 17) until `release_timeout_seconds` without a heartbeat are over (figure 19). A
heartbeat ends all that. Where the monitor has no answer, the contract's rule alone decides.
"""

from enum import Enum, StrEnum

from pydantic import BaseModel, ConfigDict, Field


class HeartbeatRules(BaseModel):
    """Times and numbers of the heartbeat.

    Attributes:
        activate: Whether applications are given up at all.
        period_seconds: Between two checks; a heartbeat younger than that is fresh.
        retry_max: Missed checks in a row after which an application goes.
        retry_timeout_seconds: The same by time since the last heartbeat.
        session_check_from: Missed checks in a row from which on sessions are asked for; 1 does as the seed's figures.
        release_check_period_seconds: Between two questions for the sessions.
        release_timeout_seconds: Time since the last heartbeat after which not even sessions keep an application.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    activate: bool = True
    period_seconds: float = Field(default=30, gt=0)
    retry_max: int = Field(default=3, ge=1)
    retry_timeout_seconds: float = Field(default=90, gt=0)
    session_check_from: int = Field(default=3, ge=1)
    release_check_period_seconds: float = Field(default=30, gt=0)
    release_timeout_seconds: float = Field(default=300, gt=0)


class Beat(Enum):
    """What a check finds."""

    FRESH = "fresh"
    MISSED = "missed"
    SUSPECT = "suspect"
    """The monitor should be asked."""
    EXPIRED = "expired"
    """Without sessions, or without a monitor, the application goes."""


class Removal(StrEnum):
    """Why an application was given up."""

    NO_HEARTBEAT = "no_heartbeat"
    NO_SESSION = "no_session"
    RELEASE_TIMEOUT = "release_timeout"


def judge_beat(elapsed_seconds: float, missed: int, rules: HeartbeatRules) -> Beat:
    """Judges by time alone.

    Args:
        elapsed_seconds: Since the last heartbeat.
        missed: Missed checks in a row, this one not counted.
        rules: Times and numbers.
    """
    if elapsed_seconds < rules.period_seconds:
        return Beat.FRESH
    if missed + 1 >= rules.retry_max or elapsed_seconds > rules.retry_timeout_seconds:
        return Beat.EXPIRED
    return Beat.SUSPECT if missed + 1 >= rules.session_check_from else Beat.MISSED


def judge_sessions(beat: Beat, sessions: int | None, elapsed_seconds: float, rules: HeartbeatRules) -> Removal | None:
    """Judges a suspect or expired application by its sessions.

    Args:
        beat: What the check found.
        sessions: Their number, None when the monitor does not know.
        elapsed_seconds: Since the last heartbeat.
        rules: Times and numbers.

    Returns:
        Why it goes, None when it stays.
    """
    if sessions is None:
        return Removal.NO_HEARTBEAT if beat is Beat.EXPIRED else None
    if sessions == 0:
        return Removal.NO_SESSION
    return Removal.RELEASE_TIMEOUT if elapsed_seconds > rules.release_timeout_seconds else None
