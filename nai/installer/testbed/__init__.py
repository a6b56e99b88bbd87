"""The embedded hosts: systemd containers on the local Docker engine that an inventory describes like any other."""
