"""From a VDU's component to the server to ask the infrastructure for, and from the server to the VNFC instance."""

from collections.abc import Sequence

from nai.catalogue import (
    Ip,
    Key,
    Server,
    VimInstance,
    VirtualDeploymentUnit,
    VirtualNetworkFunctionRecord,
    VNFCInstance,
    VNFComponent,
)
from nai.vim import NetworkAttachment, ServerRequest
from nai.vnfm.media_server.lifecycle.ledger import Instance


def attachments(component: VNFComponent) -> list[NetworkAttachment]:
    """Gives the networks that a component is connected to: a virtual link's network has the link's name."""
    return [
        NetworkAttachment(point.virtual_link_reference, point.floating_ip or None)
        for point in component.connection_point
        if point.virtual_link_reference
    ]


def server_request(
    instance: Instance,
    record: VirtualNetworkFunctionRecord,
    unit: VirtualDeploymentUnit,
    vim: VimInstance,
    keys: Sequence[Key],
    user_data: str,
) -> ServerRequest:
    """Describes the server of an instance.

    Args:
        instance: The row of the ledger; its name is the server's.
        record: The VNFR, for the flavour.
        unit: The VDU; its first image is taken.
        vim: The infrastructure; its own key pair comes first and its security groups hold for all connections.
        keys: Further key pairs.
        user_data: The script of the first start.

    Raises:
        ValueError: The record names no flavour or the VDU no image.
    """
    if not unit.vm_image:
        raise ValueError(f"VDU {unit.name or unit.id} names no image.")
    if not record.deployment_flavour_key:
        raise ValueError(f"VNFR {record.name} names no deployment flavour.")
    names = [vim.key_pair, *(key.name for key in keys)]
    return ServerRequest(
        name=instance.name,
        image=unit.vm_image[0],
        flavour=record.deployment_flavour_key,
        networks=attachments(instance.component),
        keys=list(dict.fromkeys(name for name in names if name)),
        security_groups=list(vim.security_groups),
        user_data=user_data,
    )


def vnfc_instance(instance: Instance, server: Server, vim: VimInstance) -> VNFCInstance:
    """Describes a server as the VNFC instance of the record."""
    return VNFCInstance(
        id=instance.vnfc_id,
        vim_id=vim.id,
        vc_id=server.ext_id,
        hostname=instance.name,
        state="ACTIVE",
        vnf_component=instance.component,
        connection_point=instance.component.connection_point,
        ips=[Ip(net_name=network, ip=address) for network, addresses in server.ips.items() for address in addresses],
        floating_ips=[Ip(net_name=network, ip=address) for network, address in server.floating_ips.items()],
    )
