"""What each kind of engine is told: the section `engine` of the PaaS manager's settings, by its `kind`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from nai.paas.engines.docker.settings import DockerSettings


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class KubernetesSettings(_Section):
    """A Kubernetes cluster.

    Attributes:
        url: Its API.
        token: Of a service account that has the namespace.
        ca_file: Certificates (PEM) that vouch for the API; None uses the system's.
        namespace: What everything is made in.
    """

    kind: Literal["kubernetes"]
    url: str
    token: SecretStr
    ca_file: Path | None = None
    namespace: str = "nubomedia"


class OpenShiftSettings(_Section):
    """An OpenShift cluster. The names of the original's own options are in brackets.

    Attributes:
        url: Its API [openshift.baseURL].
        token: Of a service account that has the project [openshift.token].
        ca_file: Certificates (PEM) that vouch for the API; None uses the system's [openshift.keystore].
        project: What everything is made in [openshift.project].
    """

    kind: Literal["openshift"]
    url: str
    token: SecretStr
    ca_file: Path | None = None
    project: str = "nubomedia"


EngineSettings = Annotated[DockerSettings | KubernetesSettings | OpenShiftSettings, Field(discriminator="kind")]
"""Whichever it is."""
