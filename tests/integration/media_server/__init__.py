"""The media-server VNFM over a real broker and database, killed and interrupted."""
