"""The image of a verification's instances, made on the control host out of the machine's own package mirror."""

from nai.installer.verification.image.build import Image, cache_directory, find_or_make

__all__ = ["Image", "cache_directory", "find_or_make"]
