"""Revisions of the tables of the media-server VNFM."""
