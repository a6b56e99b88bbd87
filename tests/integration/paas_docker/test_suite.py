"""The Docker engine does what every engine has to do, on a real one."""

from tests.support.engine_suite import EngineSuite


class TestDocker(EngineSuite):
    """See there."""
