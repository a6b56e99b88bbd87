"""Passwords at rest."""

from nai.core.passwords import hash_password, verify_password


async def test_only_the_same_password_and_never_nobody() -> None:
    encoded = await hash_password("nub0m3d14")
    assert encoded.startswith("$argon2id$")
    assert await verify_password(encoded, "nub0m3d14")
    assert not await verify_password(encoded, "nub0m3d15")
    assert not await verify_password(None, "the password of nobody")
    assert not await verify_password("not a hash", "x")
