"""The secrets that an inventory needs in its own file: those that it does not set elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nai.installer.inventory import Inventory, directory_of, loader_with_vault, resolved, vault_of
from nai.installer.schema import schema
from nai.installer.secrets import Vault, ensure_secrets, missing_secrets, secrets_file
from nai.installer.validation.definitions import scan


@dataclass(frozen=True)
class OwnSecrets:
    """Secrets of one inventory.

    Attributes:
        path: Their file.
        names: Names of those that belong into it.
        vault: What encrypts it.
    """

    path: Path
    names: tuple[str, ...]
    vault: Vault

    @classmethod
    def of(cls, source: str | Path) -> OwnSecrets:
        """Looks at an inventory.

        Args:
            source: Its directory or hosts file.

        Raises:
            InventoryError: There is no usable vault password, or the inventory cannot be read.
        """
        loader = loader_with_vault()
        absolute = resolved(str(source))
        path = secrets_file(directory_of(absolute))
        elsewhere = {item.key for item in scan([absolute], {}, loader).found if item.file != str(path)}
        mode, release = Inventory([absolute], loader=loader).mode_and_release
        names = tuple(name for name in schema().secrets_for(mode, release) if name not in elsewhere)
        return cls(path, names, vault_of(loader))

    def missing(self) -> list[str]:
        """Names of those that are not there yet."""
        return missing_secrets(self.path, self.vault, self.names)

    def ensure(self) -> None:
        """Makes those that are missing."""
        ensure_secrets(self.path, self.vault, self.names)
