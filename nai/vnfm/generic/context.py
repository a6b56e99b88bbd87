"""The parts of a running generic VNFM."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nai.vnfm.generic.output import Outputs
    from nai.vnfm.generic.settings import GenericVnfmSettings
    from nai.vnfm.sdk import Vnfm


@dataclass(frozen=True)
class Generic:
    """What the REST interface works with.

    Attributes:
        settings: What the service is told.
        outputs: Output of scripts.
        vnfm: The VNFM on the bus.
    """

    settings: GenericVnfmSettings
    outputs: Outputs
    vnfm: Vnfm
