"""Engines: what builds the containers of applications and runs them. One protocol, a package for each kind."""
