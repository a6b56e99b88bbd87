"""Monitoring: the metrics descriptors can ask for, and measured items."""

from __future__ import annotations

from enum import StrEnum

from nai.core.wire import WireModel, wire


class Metric(StrEnum):
    """The metrics a monitoring system of the day offers for an instance."""

    AGENT_PING = "AGENT_PING"
    NET_DNS = "NET_DNS"
    NET_IF_COLLISION = "NET_IF_COLLISION"
    NET_IF_IN = "NET_IF_IN"
    NET_IF_OUT = "NET_IF_OUT"
    NET_IF_TOTAL = "NET_IF_TOTAL"
    NET_TCP_LISTEN = "NET_TCP_LISTEN"
    NET_TCP_PORT = "NET_TCP_PORT"
    NET_TCP_SERVICE = "NET_TCP_SERVICE"
    NET_TCP_SERVICE_PERF = "NET_TCP_SERVICE_PERF"
    NET_UDP_LISTEN = "NET_UDP_LISTEN"
    PROC_MEM = "PROC_MEM"
    PROC_NUM = "PROC_NUM"
    SENSOR = "SENSOR"
    SYSTEM_CPU_INTR = "SYSTEM_CPU_INTR"
    SYSTEM_CPU_LOAD = "SYSTEM_CPU_LOAD"
    SYSTEM_CPU_NUM = "SYSTEM_CPU_NUM"
    SYSTEM_CPU_SWITCHES = "SYSTEM_CPU_SWITCHES"
    SYSTEM_CPU_UTIL = "SYSTEM_CPU_UTIL"
    SYSTEM_STAT = "SYSTEM_STAT"
    SYSTEM_SWAP_IN = "SYSTEM_SWAP_IN"
    SYSTEM_SWAP_OUT = "SYSTEM_SWAP_OUT"
    SYSTEM_SWAP_SIZE = "SYSTEM_SWAP_SIZE"
    SYSTEM_UPTIME = "SYSTEM_UPTIME"
    SYSTEM_USERS_NUM = "SYSTEM_USERS_NUM"
    VFS_DEV_READ = "VFS_DEV_READ"
    VFS_DEV_WRITE = "VFS_DEV_WRITE"
    VFS_FILE_CKSUM = "VFS_FILE_CKSUM"
    VFS_FILE_EXISTS = "VFS_FILE_EXISTS"
    VFS_FILE_REGMATCH = "VFS_FILE_REGMATCH"
    VFS_FILE_SIZE = "VFS_FILE_SIZE"
    VFS_FS_INODE = "VFS_FS_INODE"
    VFS_FS_SIZE = "VFS_FS_SIZE"
    VM_MEMORY_SIZE = "VM_MEMORY_SIZE"
    WEB_PAGE_PERF = "WEB_PAGE_PERF"


class MonitoringParameter(WireModel):
    """A metric to watch, with its parameters."""

    id: str | None = None
    version: int = 0
    metric: Metric | None = None
    params: dict[str, str] = {}


class Item(WireModel):
    """A measured value of a host."""

    id: str | None = None
    version: int = 0
    metric: str | None = None
    host_id: str | None = wire("hostId")
    hostname: str | None = None
    last_value: str | None = wire("lastValue")
    value: str | None = None
