"""Revisions of the generic VNFM's tables."""
