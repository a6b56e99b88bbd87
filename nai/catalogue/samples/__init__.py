"""Network service descriptors to start from: the seed's Annex 1, and one as the PaaS manager builds it."""

from __future__ import annotations

import json
from importlib.resources import files

from nai.catalogue.descriptors import NetworkServiceDescriptor


def media_plane_nsd() -> NetworkServiceDescriptor:
    """Return the media plane of seed Annex 1: a scaling group of media servers and a cloud repository."""
    return _read("media_plane_nsd.json")


def paas_application_nsd() -> NetworkServiceDescriptor:
    """Return what the PaaS manager on-boards for an application with everything on (wire contracts 1.4)."""
    return _read("paas_application_nsd.json")


def _read(name: str) -> NetworkServiceDescriptor:
    return NetworkServiceDescriptor.from_wire(json.loads(files(__name__).joinpath(name).read_text(encoding="utf-8")))
