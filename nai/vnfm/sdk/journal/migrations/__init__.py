"""Revisions of the journal's table."""
