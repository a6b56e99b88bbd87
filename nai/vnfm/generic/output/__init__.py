"""What scripts have written, kept in the database."""

from nai.vnfm.generic.output.store import Outputs, ScriptRun

__all__ = ["Outputs", "ScriptRun"]
