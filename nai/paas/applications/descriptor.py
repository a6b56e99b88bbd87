"""The network service descriptor of an application: its media servers, and a cloud repository if it asks for one.

Pure: a request and the installation's values in, an NSD out (wire contracts 1.4; seed 2.3.1.2, Annex 1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nai.catalogue import (
    AutoScalePolicy,
    Configuration,
    ConfigurationParameter,
    Event,
    InternalVirtualLink,
    LifecycleEvent,
    NetworkServiceDescriptor,
    ScalingAction,
    ScalingActionType,
    ScalingAlarm,
    ScalingMode,
    ScalingType,
    VirtualDeploymentUnit,
    VirtualLinkDescriptor,
    VirtualNetworkFunctionDescriptor,
    VNFComponent,
    VNFDConnectionPoint,
    VNFDependency,
    VNFDeploymentFlavour,
)
from nai.catalogue.applications import ApplicationRequest, Flavor
from nai.paas.applications.names import descriptor_name

if TYPE_CHECKING:
    from collections.abc import Sequence

VENDOR = "TUB"
VERSION = "1.0"
NETWORK = "internal_nubomedia"
MEDIA_SERVER = "media-server"
GENERIC = "generic"

CONSUMED_CAPACITY = "CONSUMED_CAPACITY"
DEFAULT_SCALE_OUT_THRESHOLD = 140.0
SCALE_IN_THRESHOLD = 60.0
PERIOD_SECONDS = 30
COOLDOWN_SECONDS = 60

REPOSITORY_FLAVOUR = "m3.medium"
REPOSITORY_INSTANCES = 4
REPOSITORY_PORT = "27018"


@dataclass(frozen=True)
class Installation:
    """What an installation says about the media plane that its applications get.

    Attributes:
        vim_name: Name of the VIM instance.
        media_server_image: Name of the media server's image there.
        repository_image: Name of the cloud repository's image there.
        repository_package: Git address, or id of a package at the orchestrator, of the cloud repository's scripts.
        stun_server: Address and port for applications that ask for STUN and name none; None: there is no default.
        turn_server: Address with port, user name and password, likewise.
    """

    vim_name: str
    media_server_image: str
    repository_image: str
    repository_package: str
    stun_server: tuple[str, str] | None = None
    turn_server: tuple[str, str, str] | None = None


def build_descriptor(request: ApplicationRequest, os_name: str, installation: Installation) -> NetworkServiceDescriptor:
    """The NSD of an application.

    Args:
        request: Checked already; its flavour is set.
        os_name: The application's name on the platform.
        installation: The installation's values.
    """
    functions = [_media_servers(request, os_name, installation)]
    if request.cloud_repository or request.cdn_connector:
        functions.append(_repository(request, installation))
    itself = VirtualNetworkFunctionDescriptor(name=functions[0].name)
    return NetworkServiceDescriptor(
        name=descriptor_name(request.name or "", os_name),
        vendor=VENDOR,
        version=VERSION,
        vld=[VirtualLinkDescriptor(name=NETWORK)],
        vnfd=functions,
        vnf_dependency=[VNFDependency(source=itself, target=itself, parameters=[f"{NETWORK}_ip"])],
    )


def most_instances(request: ApplicationRequest) -> int:
    """How many media servers an application may have: its limit if it scales by itself, else what it starts with."""
    return max(request.scale_out_limit, request.number_of_instances)


def _media_servers(
    request: ApplicationRequest, os_name: str, installation: Installation
) -> VirtualNetworkFunctionDescriptor:
    flavour = request.flavor or Flavor.SMALL
    link = InternalVirtualLink(name=NETWORK)
    if request.quality_of_service is not None:
        link.qos = [f"minimum_bandwith:{request.quality_of_service}"]
    return VirtualNetworkFunctionDescriptor(
        name=f"media-server-vnf-{os_name}",
        vendor=VENDOR,
        version=VERSION,
        type=MEDIA_SERVER,
        endpoint=MEDIA_SERVER,
        configurations=_configuration("mediaserver", _servers_settings(request, installation)),
        vdu=[
            _unit(
                f"vdu-{os_name}",
                installation.media_server_image,
                installation.vim_name,
                request.number_of_instances,
                most_instances(request),
            )
        ],
        virtual_link=[link],
        deployment_flavour=[VNFDeploymentFlavour(flavour_key=flavour.flavour_key)],
        auto_scale_policy=scaling_policies(request),
    )


def scaling_policies(request: ApplicationRequest) -> list[AutoScalePolicy]:
    """The two policies of an application that scales by itself; none where its limit is 0."""
    if request.scale_out_limit <= 0:
        return []
    threshold = request.scale_out_threshold if request.scale_out_threshold > 0 else DEFAULT_SCALE_OUT_THRESHOLD
    return [
        _policy("scale-out", ">=", threshold, ScalingActionType.SCALE_OUT),
        _policy("scale-in", "<=", SCALE_IN_THRESHOLD, ScalingActionType.SCALE_IN),
    ]


def _policy(name: str, operator: str, threshold: float, action: ScalingActionType) -> AutoScalePolicy:
    return AutoScalePolicy(
        name=name,
        threshold=100.0,
        comparison_operator=">=",
        period=PERIOD_SECONDS,
        cooldown=COOLDOWN_SECONDS,
        mode=ScalingMode.REACTIVE,
        type=ScalingType.VOTED,
        alarms=[
            ScalingAlarm(
                metric=CONSUMED_CAPACITY, statistic="avg", comparison_operator=operator, threshold=threshold, weight=1.0
            )
        ],
        actions=[ScalingAction(type=action, value="1")],
    )


def _servers_settings(request: ApplicationRequest, installation: Installation) -> dict[str, str]:
    """STUN and TURN as the media server's manager reads them; the application's own before the installation's."""
    turn = (request.turn_server_url, request.turn_server_username, request.turn_server_password)
    if request.turn_server_activate and not request.turn_server_url and installation.turn_server:
        turn = installation.turn_server
    stun = (request.stun_server_ip, request.stun_server_port)
    if request.stun_server_activate and not request.stun_server_ip and installation.stun_server:
        stun = installation.stun_server
    values = {
        "turn-server.activate": str(request.turn_server_activate).lower(),
        "turn-server.url": turn[0],
        "turn-server.username": turn[1],
        "turn-server.password": turn[2],
        "stun-server.activate": str(request.stun_server_activate).lower(),
        "stun-server.address": stun[0],
        "stun-server.port": stun[1],
    }
    return {f"mediaserver.{key}": value for key, value in values.items() if value is not None}


def _repository(request: ApplicationRequest, installation: Installation) -> VirtualNetworkFunctionDescriptor:
    start = ["start-single-mongo.sh", "start-kurento-repo-server.sh"]
    if request.cdn_connector:
        start.append("start-cdn.sh")
    return VirtualNetworkFunctionDescriptor(
        name="mongodb",
        vendor=VENDOR,
        version=VERSION,
        type="mongodb",
        endpoint=GENERIC,
        configurations=_configuration("mongodb", {"PORT": REPOSITORY_PORT, "SMALLFILES": "true"}),
        lifecycle_event=[
            LifecycleEvent(event=Event.INSTANTIATE, lifecycle_events=["install.sh"]),
            LifecycleEvent(event=Event.START, lifecycle_events=start),
        ],
        vdu=[_unit("vdu-mongodb", installation.repository_image, installation.vim_name, 1, REPOSITORY_INSTANCES)],
        virtual_link=[InternalVirtualLink(name=NETWORK)],
        deployment_flavour=[VNFDeploymentFlavour(flavour_key=REPOSITORY_FLAVOUR)],
        vnf_package_location=installation.repository_package,
    )


def _unit(name: str, image: str, vim_name: str, instances: int, most: int) -> VirtualDeploymentUnit:
    return VirtualDeploymentUnit(
        name=name,
        vm_image=[image],
        vim_instance_name=[vim_name],
        scale_in_out=most,
        vnfc=[
            VNFComponent(connection_point=[VNFDConnectionPoint(floating_ip="random", virtual_link_reference=NETWORK)])
            for _ in range(instances)
        ],
    )


def _configuration(name: str, values: dict[str, str]) -> Configuration:
    parameters: Sequence[ConfigurationParameter] = [
        ConfigurationParameter(conf_key=key, value=value) for key, value in values.items()
    ]
    return Configuration(name=name, configuration_parameters=list(parameters))
