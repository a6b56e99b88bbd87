"""Alarms of virtualised resources and of functions (ETSI GS NFV-IFA 005 and 007)."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from nai.catalogue.endpoints import EndpointType
from nai.core.wire import WireModel, wire


class AlarmState(StrEnum):
    """The state of an alarm."""

    FIRED = "FIRED"
    UPDATED = "UPDATED"
    CLEARED = "CLEARED"


class AlarmType(StrEnum):
    """What an alarm is about."""

    VIRTUALIZED_RESOURCE = "VIRTUALIZED_RESOURCE"
    VIRTUAL_NETWORK_FUNCTION = "VIRTUAL_NETWORK_FUNCTION"


class ThresholdType(StrEnum):
    """How a threshold is given."""

    SINGLE_VALUE = "SINGLE_VALUE"


class PerceivedSeverity(StrEnum):
    """How bad it is, mildest first."""

    INDETERMINATE = "INDETERMINATE"
    WARNING = "WARNING"
    MINOR = "MINOR"
    MAJOR = "MAJOR"
    CRITICAL = "CRITICAL"


class FaultType(StrEnum):
    """What broke."""

    COMPUTE = "COMPUTE"
    COMPUTE_HOGS = "COMPUTE_HOGS"
    COMPUTE_HOGS_CPU = "COMPUTE_HOGS_CPU"
    COMPUTE_HOGS_MEMORY = "COMPUTE_HOGS_MEMORY"
    COMPUTE_CRASH = "COMPUTE_CRASH"
    COMPUTE_CODE_CORRUPTION = "COMPUTE_CODE_CORRUPTION"
    COMPUTE_DATA_CORRUPTION = "COMPUTE_DATA_CORRUPTION"
    IO = "IO"
    IO_NETWORK_FRAME_RECEIVE = "IO_NETWORK_FRAME_RECEIVE"
    IO_NETWORK_FRAME_RECEIVE_CORRUPTION = "IO_NETWORK_FRAME_RECEIVE_CORRUPTION"
    IO_NETWORK_FRAME_RECEIVE_DROP = "IO_NETWORK_FRAME_RECEIVE_DROP"
    IO_NETWORK_FRAME_RECEIVE_DELAY = "IO_NETWORK_FRAME_RECEIVE_DELAY"
    IO_NETWORK_FRAME_TRANSMIT = "IO_NETWORK_FRAME_TRANSMIT"
    IO_NETWORK_FRAME_TRANSMIT_CORRUPTION = "IO_NETWORK_FRAME_TRANSMIT_CORRUPTION"
    IO_NETWORK_FRAME_TRANSMIT_DROP = "IO_NETWORK_FRAME_TRANSMIT_DROP"
    IO_NETWORK_FRAME_TRANSMIT_DELAY = "IO_NETWORK_FRAME_TRANSMIT_DELAY"
    IO_STORAGE_BLOCK_READS_CORRUPTION = "IO_STORAGE_BLOCK_READS_CORRUPTION"
    IO_STORAGE_BLOCK_READS_DROP = "IO_STORAGE_BLOCK_READS_DROP"
    IO_STORAGE_BLOCK_READS_DELAY = "IO_STORAGE_BLOCK_READS_DELAY"
    IO_STORAGE_BLOCK_WRITE_CORRUPTION = "IO_STORAGE_BLOCK_WRITE_CORRUPTION"
    IO_STORAGE_BLOCK_WRITE_DROP = "IO_STORAGE_BLOCK_WRITE_DROP"
    IO_STORAGE_BLOCK_WRITE_DELAY = "IO_STORAGE_BLOCK_WRITE_DELAY"
    VNF_NOT_AVAILABLE = "VNF_NOT_AVAILABLE"


class Alarm(WireModel):
    """What every alarm has."""

    alarm_id: str | None = wire("alarmId")
    threshold_id: str | None = wire("thresholdId")
    alarm_type: AlarmType | None = wire("alarmType")
    alarm_raised_time: str | None = wire("alarmRaisedTime")
    alarm_state: AlarmState | None = wire("alarmState")
    perceived_severity: PerceivedSeverity | None = wire("perceivedSeverity")
    event_time: str | None = wire("eventTime")
    fault_type: FaultType | None = wire("faultType")
    probable_cause: str | None = wire("probableCause")
    is_root_cause: bool = wire("isRootCause", default=False)
    correlated_alarm_id: list[str] = wire("correlatedAlarmId", factory=list)
    fault_details: str | None = wire("faultDetails")


class VNFAlarm(Alarm):
    """An alarm of a function and some of its component instances."""

    vnfr_id: str | None = wire("vnfrId")
    vnfc_ids: list[str] = wire("vnfcIds", factory=list)
    vim_name: str | None = wire("vimName")


class VRAlarm(Alarm):
    """An alarm of a virtualised resource."""

    managed_object: str | None = wire("managedObject")


class AlarmEndpoint(WireModel):
    """A subscriber to alarms from a severity on."""

    id: str | None = None
    version: int = 0
    name: str | None = None
    resource_id: str | None = wire("resourceId")
    type: EndpointType | None = None
    endpoint: str | None = None
    perceived_severity: PerceivedSeverity | None = wire("perceivedSeverity")


class ThresholdDetails(WireModel):
    """The condition behind a threshold."""

    function: str | None = None
    trigger_operator: str | None = wire("triggerOperator")
    perceived_severity: PerceivedSeverity | None = wire("perceivedSeverity")
    value: str | None = None
    host_operator: str | None = wire("hostOperator")


class ObjectSelection(WireModel):
    """The resources a monitoring request is about."""

    object_instance_ids: list[str] = wire("objectInstanceIds", factory=list)
    object_types: list[str] = wire("objectTypes", factory=list)
    filter: Any = None
