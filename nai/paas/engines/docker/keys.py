"""Keys that open Git repositories: files that only the manager can read. Blocking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nai.paas.engines.docker.names import checked_secret_name
from nai.paas.engines.docker.records import write_private
from nai.paas.engines.errors import EngineRefusedError

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import SecretStr

LONGEST = 32 * 1024


class Keys:
    """The keys by name."""

    def __init__(self, directory: Path) -> None:
        """Use a directory, which is made when the first key is written."""
        self._directory = directory

    def put(self, name: str, private_key: SecretStr) -> None:
        """Keep a key; another one of that name is replaced.

        Raises:
            EngineRefusedError: It is none.
            EngineError: It cannot be written.
        """
        text = private_key.get_secret_value().replace("\r\n", "\n").strip()
        if len(text) > LONGEST or "PRIVATE KEY-----" not in text.partition("\n")[0]:
            message = "That is no private key: it begins with -----BEGIN … PRIVATE KEY-----"
            raise EngineRefusedError(message)
        # OpenSSH takes no key whose last line has no end.
        write_private(self._file(name), f"{text}\n".encode())

    def remove(self, name: str) -> None:
        """Forget a key; it may be gone already."""
        self._file(name).unlink(missing_ok=True)

    def file(self, name: str) -> Path:
        """The file of a key.

        Raises:
            EngineRefusedError: There is none of that name.
        """
        file = self._file(name)
        if not file.is_file():
            raise EngineRefusedError(f"There is no secret {name}")
        return file

    def _file(self, name: str) -> Path:
        return self._directory / checked_secret_name(name)
