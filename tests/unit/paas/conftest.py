"""Password hashes that cost nothing: what is slow on purpose would be all that these tests do."""

import argon2
import pytest

from nai.core import passwords


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> None:
    passwords._hasher = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
