"""What the testbed tells its user when it cannot go on."""


class TestbedError(Exception):
    """A condition the user can act on: the message says what is wrong and what to do."""

    __test__ = False  # pytest would otherwise collect it by its name
