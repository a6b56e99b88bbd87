"""Heartbeats: an application that is not heard of any more gives its points back (seed 2.3.7.5, contract 2.2)."""

from nai.vnfm.media_server.heartbeat.rules import HeartbeatRules, Removal, judge_beat, judge_sessions
from nai.vnfm.media_server.heartbeat.watch import HeartbeatWatch

__all__ = ["HeartbeatRules", "HeartbeatWatch", "Removal", "judge_beat", "judge_sessions"]
