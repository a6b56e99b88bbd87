"""The configuration file of the original installer, and what of it goes into an inventory."""
