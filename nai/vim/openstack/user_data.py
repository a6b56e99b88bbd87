"""User data as Nova takes it: Base64, limited in size, with the public keys that a key pair has no place for."""

from __future__ import annotations

import base64
import shlex
from collections.abc import Sequence

from nai.vim.errors import VimError

MOST_BYTES = 65535
"""Nova's limit for user data in Base64."""

_ADD_KEYS = """\
for home in /root /home/ubuntu; do
    [ -d "$home" ] || continue
    mkdir -p "$home/.ssh"
    printf '%s\\n' {keys} >> "$home/.ssh/authorized_keys"
    chmod 0700 "$home/.ssh"
    chmod 0600 "$home/.ssh/authorized_keys"
    chown -R "$(stat -c %u:%g "$home")" "$home/.ssh"
done
"""


def encode(script: str, public_keys: Sequence[str] = ()) -> str | None:
    """Returns what Nova takes, or None when there is nothing to run.

    Args:
        script: Shell script, or any other user data when there are no further keys.
        public_keys: Keys to add to the accounts root and ubuntu, as the original did.

    Raises:
        VimError: It is longer than Nova takes, or keys cannot be added to what is no script.
    """
    text = script
    if public_keys:
        if script and not script.startswith("#!"):
            raise VimError("user data that is no script (#!…) leaves no room for further keys; give the server one key")
        first, _, rest = script.partition("\n") if script else ("#!/bin/sh", "", "")
        if "sh" not in first:
            raise VimError(
                f"user data is run by {first[2:].strip()}, which is no shell: it leaves no room for further keys"
            )
        text = f"{first}\n{_ADD_KEYS.format(keys=' '.join(shlex.quote(key.strip()) for key in public_keys))}{rest}"
    if not text:
        return None
    encoded = base64.b64encode(text.encode()).decode()
    if len(encoded) > MOST_BYTES:
        raise VimError(
            f"user data has {len(encoded)} bytes in Base64, Nova takes {MOST_BYTES}; let scripts fetch what is large"
        )
    return encoded
