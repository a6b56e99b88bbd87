"""What a verification says when something does not hold."""


class CheckFailedError(Exception):
    """Something else was seen than expected.

    Attributes:
        expected: what had to be seen.
        seen: what was seen, and where to look.
    """

    def __init__(self, expected: str, seen: str) -> None:
        """Keeps both texts."""
        super().__init__(f"expected {expected}; seen: {seen}")
        self.expected = expected
        self.seen = seen
