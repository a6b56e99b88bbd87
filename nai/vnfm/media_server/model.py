"""What the manager knows: managed VNFRs, their media servers, the applications placed on them.

Plain mutable objects that live in memory and are served from there. Only `state.State` changes them; the rest reads.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class MediaServerStatus(StrEnum):
    """Pool that a media server is in (seed 3.3.2.1.9); `pools` says how it moves between them."""

    IDLE = "IDLE"
    ACTIVE = "ACTIVE"
    RELEASE = "RELEASE"
    INACTIVE = "INACTIVE"


@dataclass(slots=True, eq=False)
class ManagedVnfr:
    """A VNF record that this manager looks after.

    Attributes:
        id: Our own id of the row.
        vnfr_id: Id of the VNFR, from the NFVO.
        nsr_id: Id of the network service record it belongs to.
        task: Action that the manager is at or did last, a name of the NFVO's `Action`.
        hb_version: Number of changes, as the original's clients expect it.
    """

    id: str
    vnfr_id: str
    nsr_id: str
    task: str
    hb_version: int = 0


@dataclass(slots=True, eq=False)
class MediaServer:
    """A media server: a VNFC instance that takes sessions.

    Attributes:
        id: Our id.
        vnfr_id: VNFR it belongs to.
        hostname: Name of the instance, unique within the VNFR.
        ip: Address for applications; None while it has none, and then nothing is placed on it.
        max_capacity: Points it can carry: 100 for each virtual CPU.
        used_points: Sum of the points of the applications on it, never above `max_capacity`.
        status: Its pool.
        stopped: An operator stopped it: it finishes its sessions and takes no new ones.
        claimed: It is about to be terminated and takes nothing any more; always without points.
        hb_version: Number of changes.
    """

    id: str
    vnfr_id: str
    hostname: str
    ip: str | None
    max_capacity: int
    used_points: int = 0
    status: MediaServerStatus = MediaServerStatus.IDLE
    stopped: bool = False
    claimed: bool = False
    hb_version: int = 0


@dataclass(slots=True, eq=False)
class Application:
    """A session, or a group of them, that occupies points of one media server.

    Attributes:
        id: Our id, which heartbeats and the deletion name.
        vnfr_id: VNFR it registered to.
        media_server_id: Server it was placed on.
        ip: Address of that server at the time.
        points: What it occupies.
        ext_app_id: The caller's own name of it, which makes a registration idempotent.
        created: When it registered.
        heartbeat: When it was last heard of.
        beat: The same in seconds of the monotonic clock, which elapsed times are computed with.
        missed_heartbeats: Checks in a row that found no fresh heartbeat.
    """

    id: str
    vnfr_id: str
    media_server_id: str
    ip: str
    points: int
    ext_app_id: str | None
    created: datetime
    heartbeat: datetime
    beat: float
    missed_heartbeats: int = 0


@dataclass(slots=True, eq=False)
class Fleet:
    """A managed VNFR with all that belongs to it.

    Attributes:
        vnfr: The VNFR.
        servers: Its media servers by id, in the order they came.
        hostnames: The same by hostname.
        applications: Its applications by id, in the order they registered.
        used_points: Sum over all servers.
        counts: Number of servers in each pool.
    """

    vnfr: ManagedVnfr
    servers: dict[str, MediaServer] = field(default_factory=dict)
    hostnames: dict[str, MediaServer] = field(default_factory=dict)
    applications: dict[str, Application] = field(default_factory=dict)
    used_points: int = 0
    counts: dict[MediaServerStatus, int] = field(default_factory=lambda: dict.fromkeys(MediaServerStatus, 0))

    @property
    def load(self) -> float:
        """Mean of the used points; 0 without a server, where the original said NaN, which is no JSON."""
        return self.used_points / len(self.servers) if self.servers else 0.0
