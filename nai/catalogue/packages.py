"""VNF packages: the scripts of a function's life, and where its image is."""

from __future__ import annotations

from nai.catalogue.vim import NFVImage
from nai.core.wire import WireModel, wire


class Script(WireModel):
    """A script.

    `payload` travels to VNF managers only (base64 text, or the array of signed bytes that Gson makes of a `byte[]`);
    the orchestrator's API leaves it out and serves the text under its own path.
    """

    id: str | None = None
    version: int = 0
    name: str | None = None
    payload: str | list[int] | None = None


class VNFPackage(WireModel):
    """A package: either scripts that came with it, or a Git repository to clone them from (`scripts_link`)."""

    id: str | None = None
    version: int = 0
    name: str | None = None
    nfvo_version: str | None = None
    vim_types: list[str] = wire("vimTypes", factory=list)
    image_link: str | None = wire("imageLink")
    scripts_link: str | None = wire("scriptsLink")
    image: NFVImage | None = None
    scripts: list[Script] = []
    project_id: str | None = wire("projectId")
