"""Makes an inventory out of a configuration file of the original installer."""

from __future__ import annotations

from pathlib import Path

from nai.installer.checkout import displayed
from nai.installer.inventory_files import InventoryWriteError, write
from nai.installer.original.mapping import inventory_of, lines
from nai.installer.original.variables_file import VariablesFileError, read


class ImportFailedError(Exception):
    """Nothing was written; the text says why, one line for each reason."""


def import_variables(file: Path, directory: Path) -> list[str]:
    """Writes what the file says into a new inventory; `nai configure` asks for the rest.

    Args:
        file: A `variables.py`.
        directory: Where the inventory will be; must not hold anything.

    Returns:
        What became of each key, a line each, without values.

    Raises:
        ImportFailedError: The file cannot be read or has wrong values, or the directory is in use.
    """
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise ImportFailedError(f"{displayed(directory)}: is there already; name a new directory")
    try:
        found = read(file)
        result = inventory_of(found.values)
        if result.wrong:
            raise ImportFailedError(
                "\n".join(f"{displayed(file)}:{found.lines[key]}: {key} {text}" for key, text in result.wrong)
            )
        if findings := write(directory, result.draft, result.secrets, complete=False):
            raise ImportFailedError("\n".join(map(str, findings)))
    except (VariablesFileError, InventoryWriteError) as error:
        raise ImportFailedError(str(error)) from error
    passed_over = [
        f"line {line} is not carried over: it is more than a name and a plain value, and nothing is executed"
        for line in found.passed_over
    ]
    return [*lines(result), *passed_over]
