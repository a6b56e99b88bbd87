"""Revisions of the PaaS manager's tables."""
