"""The pools that media servers move between, and in which order a placement looks into them.

Rules of seed 3.3.2.1.9 and 2.3.7.4:

* A new server is IDLE. The first application makes it ACTIVE.
* A server that lost its last application is released. It refills the IDLE pool while that is below its size, and
  waits in RELEASE otherwise: scale-in takes from there first. When the IDLE pool falls below its size, a server of
  RELEASE refills it at once. So RELEASE has a server only while IDLE is full; nothing has to be looked up periodically.
* A stopped server with sessions is in RELEASE until the last one is over, then INACTIVE; without any it is INACTIVE at
  once (seed 3.3.2.1.11). A server claimed for termination is in RELEASE, and takes nothing.
"""

from nai.vnfm.media_server.model import MediaServer, MediaServerStatus

PREFERENCE: tuple[MediaServerStatus, ...] = (
    # The seed's order (2.3.7.4.1 step 3): fill busy servers first so that idle ones can be given back. The original
    # program spread instead: (IDLE, ACTIVE, RELEASE) does as it did. A pool that is left out takes nothing.
    MediaServerStatus.ACTIVE,
    MediaServerStatus.IDLE,
    MediaServerStatus.RELEASE,
)


def accepts(server: MediaServer) -> bool:
    """Tells whether anything may be placed on a server, however much room it has."""
    return not server.stopped and not server.claimed and server.ip is not None


def pool_of(server: MediaServer, *, idle_pool_is_full: bool) -> MediaServerStatus:
    """Returns the pool that a server belongs in after what just happened to it.

    Args:
        server: The server, with its new points and flags.
        idle_pool_is_full: Whether the IDLE pool, this server not counted, has its size.
    """
    if server.claimed:
        return MediaServerStatus.RELEASE
    if server.stopped:
        return MediaServerStatus.RELEASE if server.used_points else MediaServerStatus.INACTIVE
    if server.used_points:
        return MediaServerStatus.ACTIVE
    return MediaServerStatus.RELEASE if idle_pool_is_full else MediaServerStatus.IDLE
