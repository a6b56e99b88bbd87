"""VNF packages: a tar archive of `Metadata.yaml`, the function's descriptor in JSON, and `scripts/`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from nai.catalogue import NFVImage, VirtualNetworkFunctionDescriptor, VNFPackage
from nai.nfvo.onboarding.archive import ArchiveError

if TYPE_CHECKING:
    from nai.nfvo.onboarding.archive import Files

METADATA = "Metadata.yaml"
SCRIPTS = "scripts"


class ImageMetadata(BaseModel):
    """Which image the function's instances are made of."""

    upload: bool | Literal["true", "false", "check"] = False
    names: list[str] = Field(default_factory=list)
    ids: list[str] = Field(default_factory=list)
    link: str | None = None


class Metadata(BaseModel):
    """`Metadata.yaml`."""

    model_config = ConfigDict(extra="allow", populate_by_name=True, coerce_numbers_to_str=True)

    name: str = Field(min_length=1)
    nfvo_version: str | None = None
    vim_types: list[str] = Field(default_factory=list)
    scripts_link: str | None = Field(default=None, alias="scripts-link")
    image: ImageMetadata | None = None


@dataclass(frozen=True)
class ReadPackage:
    """What a package has in it."""

    package: VNFPackage
    function: VirtualNetworkFunctionDescriptor
    scripts: dict[str, bytes]


def read_package(files: Files) -> ReadPackage:
    """Read a package's files.

    Raises:
        ArchiveError: a part is missing or wrong, with everything that is wrong with it.
    """
    if METADATA not in files:
        message = f"the package needs a {METADATA}"
        raise ArchiveError(message)
    metadata = read_metadata(files[METADATA])
    function = _function(files)
    scripts = scripts_below(files, SCRIPTS)
    package = VNFPackage(
        name=metadata.name,
        nfvo_version=metadata.nfvo_version,
        vim_types=metadata.vim_types,
        scripts_link=metadata.scripts_link,
    )
    if metadata.image is not None:
        _take_image(metadata.image, package, function)
    return ReadPackage(package, function, scripts)


def read_metadata(content: bytes) -> Metadata:
    """Read `Metadata.yaml`.

    Raises:
        ArchiveError: with everything that is wrong with it.
    """
    try:
        return Metadata.model_validate(yaml.safe_load(content.decode()))
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(str(part) for part in each['loc'])}: {each['msg']}" for each in error.errors())
        message = f"{METADATA}: {wrong}"
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        message = f"{METADATA} is not YAML: {error}"
    raise ArchiveError(message)


def scripts_below(files: Files, folder: str) -> dict[str, bytes]:
    """Return the scripts in a folder by their bare names, which is what lifecycle events call them.

    Raises:
        ArchiveError: two of them have one name.
    """
    scripts: dict[str, bytes] = {}
    for path, content in files.items():
        parts = PurePosixPath(path).parts
        if parts[: len(PurePosixPath(folder).parts)] != PurePosixPath(folder).parts:
            continue
        if parts[-1] in scripts:
            message = f"the package has two scripts of the name {parts[-1]}"
            raise ArchiveError(message)
        scripts[parts[-1]] = content
    return scripts


def _function(files: Files) -> VirtualNetworkFunctionDescriptor:
    found = [path for path in files if "/" not in path and path.endswith(".json")]
    if len(found) != 1:
        message = f"the package needs exactly one descriptor, a .json file beside {METADATA}; it has {len(found)}"
        raise ArchiveError(message)
    try:
        document: Any = json.loads(files[found[0]])
        return VirtualNetworkFunctionDescriptor.model_validate(document)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(str(part) for part in each['loc'])}: {each['msg']}" for each in error.errors())
        message = f"{found[0]}: {wrong}"
    except (ValueError, RecursionError) as error:
        message = f"{found[0]} is not JSON: {error}"
    raise ArchiveError(message)


def _take_image(image: ImageMetadata, package: VNFPackage, function: VirtualNetworkFunctionDescriptor) -> None:
    if image.upload is True or image.upload == "true":
        message = (
            f"{METADATA} asks to upload an image; images are put into a VIM by its own means, and named here: "
            "image: {upload: check, names: […]}"
        )
        raise ArchiveError(message)
    names = [*image.names, *image.ids]
    package.image_link = image.link
    if names:
        package.image = NFVImage(name=names[0])
    for unit in function.vdu:
        if not unit.vm_image:
            unit.vm_image = names
