"""What is stored encrypted can be read with the key that it was stored with, and with no other."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from nai.core.cipher import Cipher, CipherError, open_cipher

OTHER = SecretStr("any secret of thirty-two characters")


async def test_the_key_is_made_once_and_is_nobody_elses(tmp_path: Path) -> None:
    file = tmp_path / "key" / "encryption.key"
    first = await open_cipher(None, file)
    secret = first.encrypt("os secret")
    assert "os secret" not in secret
    assert (await open_cipher(None, file)).decrypt(secret) == "os secret"
    assert file.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in file.parent.iterdir()] == ["encryption.key"]
    other = await open_cipher(OTHER, file)
    assert other.decrypt(other.encrypt("x")) == "x"
    assert other.decrypt("") == ""
    with pytest.raises(CipherError, match="not the one it was stored with"):
        other.decrypt(secret)
    with pytest.raises(CipherError, match="32 characters"):
        Cipher("short")
