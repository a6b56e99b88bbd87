"""NUBOMEDIA Autonomous Installer."""

__version__ = "0.1.0"
