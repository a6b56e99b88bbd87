"""Which engine serves which settings."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from nai.paas.engines.errors import EngineError

if TYPE_CHECKING:
    from nai.paas.engines.protocol import Engine
    from nai.paas.engines.settings import EngineSettings

ENGINES = {
    "docker": "nai.paas.engines.docker.engine:DockerEngine",
    "kubernetes": "nai.paas.engines.kubernetes.engine:KubernetesEngine",
    "openshift": "nai.paas.engines.openshift.engine:OpenShiftEngine",
}
"""Class by kind; its module is imported when it is wanted, so that nobody needs another one's client library."""


def open_engine(settings: EngineSettings) -> Engine:
    """Make the engine of the settings; nothing is connected.

    Raises:
        EngineError: Its client library is not there.
    """
    module, _, name = ENGINES[settings.kind].partition(":")
    try:
        made = getattr(import_module(module), name)(settings)
    except ModuleNotFoundError as error:
        message = f"The engine {settings.kind} cannot be used: the Python package {error.name} is not installed"
        raise EngineError(message) from error
    return cast("Engine", made)
