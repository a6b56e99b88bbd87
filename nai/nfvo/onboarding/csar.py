"""CSARs: zip archives of a TOSCA template with the scripts of its functions (TOSCA Simple Profile, section 6).

`TOSCA-Metadata/TOSCA.meta` names the template (`Entry-Definitions`); `TOSCA-Metadata/Metadata.yaml` says what a
package's `Metadata.yaml` says. A function's scripts are in `Scripts/`, those of a service's functions in
`Scripts/<function>/`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nai.nfvo.onboarding.archive import ArchiveError
from nai.nfvo.onboarding.packages import Metadata, read_metadata, scripts_below
from nai.nfvo.onboarding.tosca import read_function, read_service

if TYPE_CHECKING:
    from nai.catalogue import NetworkServiceDescriptor, VirtualNetworkFunctionDescriptor
    from nai.nfvo.onboarding.archive import Files

META = "TOSCA-Metadata/TOSCA.meta"
METADATA = "TOSCA-Metadata/Metadata.yaml"
SCRIPTS = "Scripts"
ENTRY = "Entry-Definitions"


@dataclass(frozen=True)
class ServiceArchive:
    """A service, and the scripts of its functions by the functions' names."""

    service: NetworkServiceDescriptor
    scripts: dict[str, dict[str, bytes]]
    metadata: Metadata | None


@dataclass(frozen=True)
class FunctionArchive:
    """A function and its scripts."""

    function: VirtualNetworkFunctionDescriptor
    scripts: dict[str, bytes]
    metadata: Metadata | None


def read_service_archive(files: Files) -> ServiceArchive:
    """Read a service's CSAR.

    Raises:
        ArchiveError: a part is missing or wrong.
        ToscaError: the template is wrong.
    """
    service = read_service(_template(files))
    scripts = {str(each.name): scripts_below(files, f"{SCRIPTS}/{each.name}") for each in service.vnfd}
    return ServiceArchive(service, {name: found for name, found in scripts.items() if found}, _metadata(files))


def read_function_archive(files: Files) -> FunctionArchive:
    """Read a function's CSAR.

    Raises:
        ArchiveError: a part is missing or wrong.
        ToscaError: the template is wrong.
    """
    return FunctionArchive(read_function(_template(files)), scripts_below(files, SCRIPTS), _metadata(files))


def _template(files: Files) -> str:
    if META not in files:
        message = f"the CSAR needs a {META}"
        raise ArchiveError(message)
    entries = [
        value.strip()
        for name, colon, value in (line.partition(":") for line in files[META].decode("utf-8", "replace").splitlines())
        if colon and name.strip() == ENTRY
    ]
    if len(entries) != 1 or entries[0] not in files:
        message = f"{META} needs one line `{ENTRY}: <path of the template in the CSAR>`"
        raise ArchiveError(message)
    try:
        return files[entries[0]].decode()
    except UnicodeDecodeError:
        message = f"{entries[0]} is not text in UTF-8"
        raise ArchiveError(message) from None


def _metadata(files: Files) -> Metadata | None:
    return read_metadata(files[METADATA]) if METADATA in files else None
