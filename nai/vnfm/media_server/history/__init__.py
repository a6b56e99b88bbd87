"""History of number and load of the media servers: a ring of samples per VNFR that outlives restarts."""

from nai.vnfm.media_server.history.ring import History, Sample

__all__ = ["History", "Sample"]
