"""Brings a Python package of this checkout and its locked dependencies into a form that hosts need no registry for."""

from nai.installer.packaging.dependencies import Dependencies, PackagingError, cache_directory
from nai.installer.packaging.source import Source
from nai.installer.packaging.target import Target

__all__ = ["Dependencies", "PackagingError", "Source", "Target", "cache_directory"]
