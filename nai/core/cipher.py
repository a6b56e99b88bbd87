"""Secrets at rest: what has to be given back in clear is stored encrypted."""

from __future__ import annotations

import os
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet, InvalidToken

from nai.core.errors import ServiceError
from nai.core.threads import in_thread

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import SecretStr


SECRET_CHARACTERS = 32
"""Least length of a text that a key is made of."""


class CipherError(ServiceError):
    """The key is not one, or not the one that something was encrypted with."""


class Cipher:
    """Encrypts and decrypts texts with one key (Fernet: AES-128-CBC with HMAC-SHA-256)."""

    def __init__(self, key: str) -> None:
        """Use a key.

        Args:
            key: A key of Fernet's form, or any text of at least SECRET_CHARACTERS, of which one is made.

        Raises:
            CipherError: it is too short.
        """
        try:
            self._fernet = Fernet(key)
        except ValueError:
            if len(key) < SECRET_CHARACTERS:
                message = f"encryption_key is shorter than {SECRET_CHARACTERS} characters; give a longer random text"
                raise CipherError(message) from None
            self._fernet = Fernet(urlsafe_b64encode(sha256(key.encode()).digest()))

    def encrypt(self, text: str) -> str:
        """Return the text encrypted."""
        return self._fernet.encrypt(text.encode()).decode()

    def decrypt(self, encrypted: str) -> str:
        """Return the text; empty for nothing.

        Raises:
            CipherError: it was encrypted with another key.
        """
        if not encrypted:
            return ""
        try:
            return self._fernet.decrypt(encrypted.encode()).decode()
        except InvalidToken:
            message = "a stored secret cannot be read: the encryption key is not the one it was stored with"
            raise CipherError(message) from None


async def open_cipher(key: SecretStr | None, file: Path) -> Cipher:
    """Return the cipher of a key.

    Args:
        key: The key, for example of the settings; None takes that of the file.
        file: Where a key of the service's own making is kept; it is made if there is none yet.

    Raises:
        CipherError: the key is not one.
        OSError: the file can be neither read nor made.
    """
    if key is not None:
        return Cipher(key.get_secret_value())
    return Cipher(await in_thread(_kept_key, file))


def _kept_key(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    # Written aside and linked into place: of two starts at once one wins, and a half-written key is never seen.
    aside = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(Fernet.generate_key())
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()
    return path.read_text(encoding="ascii").strip()
