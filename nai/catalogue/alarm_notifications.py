"""Notifications about alarms: raised, or changed in state."""

from __future__ import annotations

from nai.catalogue.alarms import AlarmState, VNFAlarm, VRAlarm
from nai.core.wire import WireModel, wire


class AbstractVNFAlarm(WireModel):
    """What every notification about a function's alarm has."""

    fm_policy_id: str | None = wire("fmPolicyId")
    resource_id: str | None = wire("resourceId")


class VNFAlarmNotification(AbstractVNFAlarm):
    """An alarm of a function was raised."""

    vnf_alarm: VNFAlarm | None = wire("vnfAlarm")


class VNFAlarmStateChangedNotification(AbstractVNFAlarm):
    """An alarm of a function changed its state."""

    alarm_state: AlarmState | None = wire("alarmState")


class AbstractVirtualizedResourceAlarm(WireModel):
    """What every notification about a resource's alarm has."""

    trigger_id: str | None = wire("triggerId")


class VirtualizedResourceAlarmNotification(AbstractVirtualizedResourceAlarm):
    """An alarm of a resource was raised."""

    vr_alarm: VRAlarm | None = wire("vrAlarm")


class VirtualizedResourceAlarmStateChangedNotification(AbstractVirtualizedResourceAlarm):
    """An alarm of a resource changed its state."""

    alarm_state: AlarmState | None = wire("alarmState")
