"""Tables of the marketplace, revision by revision."""
