"""Everything that is written from the schema: documentation, defaults and argument specifications of the roles."""

from nai.installer.reference.files import drifted, expected_files, write

__all__ = ["drifted", "expected_files", "write"]
