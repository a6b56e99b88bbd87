"""Imports Nova and what comes with it for the tests of the driver, so that no other test hears of it.

Nova and its libraries warn of their own future when they are imported, and eventlet at every fork of the process from
then on. Warnings are errors in the tests; these are not theirs.
"""

import os
import warnings

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "register_at_fork", lambda **_: None)
        import eventlet
    from nova import objects
    from nova.compute import power_state

    objects.register_all()

__all__ = ["eventlet", "objects", "power_state"]
