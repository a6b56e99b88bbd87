"""The two files of an inventory that the installer writes: `hosts.yml` and `group_vars/all/main.yml`."""

from nai.installer.inventory_files.draft import Draft
from nai.installer.inventory_files.reading import ForeignInventoryError, read
from nai.installer.inventory_files.writing import InventoryWriteError, write

__all__ = ["Draft", "ForeignInventoryError", "InventoryWriteError", "read", "write"]
