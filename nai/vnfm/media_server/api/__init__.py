"""REST interface: wire contract section 2, and what goes beyond it."""
