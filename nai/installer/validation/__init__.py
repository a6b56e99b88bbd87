"""Finds everything that is wrong with an inventory, without contacting a host."""

from nai.installer.validation.finding import Finding
from nai.installer.validation.report import Report, validate

__all__ = ["Finding", "Report", "validate"]
