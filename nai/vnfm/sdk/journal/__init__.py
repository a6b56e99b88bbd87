"""What a VNFM has been asked for and has answered, kept in its database."""

from nai.vnfm.sdk.journal.store import Entry, EntryState, Journal

__all__ = ["Entry", "EntryState", "Journal"]
