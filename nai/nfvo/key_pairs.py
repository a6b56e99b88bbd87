"""Key pairs of SSH: made, and fingerprinted as OpenSSH and OpenStack show them."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from nai.core.errors import InvalidError

RSA_BITS = 3072


@dataclass(frozen=True)
class KeyPair:
    """Both halves: the private one in PEM as every client of the day reads it, the public one in OpenSSH's line."""

    private_key: str
    public_key: str


def new_key_pair(name: str) -> KeyPair:
    """Make an RSA key pair; takes up to a second of CPU, so it belongs into a thread.

    Args:
        name: becomes the comment of the public key.
    """
    key = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    return KeyPair(private.decode(), f"{public.decode()} {name}".strip())


def fingerprint_of(public_key: str) -> str:
    """Return the MD5 fingerprint, as OpenStack shows it.

    Raises:
        InvalidError: it is no public key in OpenSSH's form.
    """
    parts = public_key.split()
    try:
        blob = base64.b64decode(parts[1], validate=True)
    except (IndexError, binascii.Error, ValueError):
        message = "publicKey is not a public key in OpenSSH's form (`ssh-rsa AAAA… comment`)"
        raise InvalidError(message) from None
    length = int.from_bytes(blob[:4], "big")
    if blob[4 : 4 + length] != parts[0].encode():
        message = f"publicKey says it is of type {parts[0][:40]}, but is not"
        raise InvalidError(message)
    digest = hashlib.md5(blob, usedforsecurity=False).hexdigest()
    return ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))
