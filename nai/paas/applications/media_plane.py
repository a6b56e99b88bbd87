"""The media servers of applications, as the orchestrator has them: one network service for each application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nai.catalogue import Action, Location, Status, VimInstance
from nai.catalogue.applications import Host, MediaServerGroup
from nai.nfvo.client import NfvoError
from nai.paas.applications.descriptor import GENERIC, MEDIA_SERVER, Installation, build_descriptor
from nai.paas.applications.names import descriptor_name

if TYPE_CHECKING:
    from nai.catalogue import (
        NetworkServiceDescriptor,
        NetworkServiceRecord,
        VirtualDeploymentUnit,
        VirtualNetworkFunctionRecord,
        VNFCInstance,
    )
    from nai.catalogue.applications import Application
    from nai.nfvo.client import NfvoClient
    from nai.paas.settings import PaasSettings

FINISH_QUEUE, ERROR_QUEUE = "nfvo.paas.nsr.create", "nfvo.paas.nsr.error"
FINISH_KEY, ERROR_KEY = "ns-creation", "ns-error"
SUBSCRIPTIONS = (
    ("paas-nsr-instantiate-finish", Action.INSTANTIATE_FINISH, FINISH_QUEUE),
    ("paas-nsr-error", Action.ERROR, ERROR_QUEUE),
)
"""Name, event and queue (wire contracts 1.4)."""

NOT_FOUND = 404
TOO_MANY_REQUESTS = 429
FIRST_SERVER_ERROR = 500


def away(error: NfvoError) -> bool:
    """Whether it is worth asking the orchestrator again: it did not answer, or could not."""
    return error.status is None or error.status >= FIRST_SERVER_ERROR or error.status == TOO_MANY_REQUESTS


def installation(settings: PaasSettings) -> Installation:
    """What the settings say about the media plane."""
    stun, turn = settings.stun_server, settings.turn_server
    return Installation(
        vim_name=settings.vim_name,
        media_server_image=settings.media_servers.image,
        repository_image=settings.repository.image,
        repository_package=settings.repository.package,
        stun_server=(stun.address, str(stun.port)) if stun else None,
        turn_server=(turn.url, turn.username, turn.password.get_secret_value()) if turn else None,
    )


class MediaPlane:
    """The orchestrator, as far as applications need it. Everything raises NfvoError, and can be done again."""

    def __init__(self, client: NfvoClient, settings: PaasSettings) -> None:
        """Prepare; nothing is asked yet.

        Args:
            client: Of the orchestrator.
            settings: Of the PaaS manager.
        """
        self._client, self._settings = client, settings
        self._installation = installation(settings)
        self._prepared = False

    async def prepare(self, *, anew: bool = False) -> None:
        """See to it that the project and the infrastructure are there.

        Args:
            anew: Look even if they were there before.
        """
        if self._prepared and not anew:
            return
        name, vim = self._settings.nfvo.project, self._settings.vim
        await self._client.ensure_project(name, "Media servers of the PaaS")
        await self._client.use_project(name)
        known = {each.name for each in await self._client.vims()}
        if vim is not None and self._settings.vim_name not in known:
            document = VimInstance(
                name=self._settings.vim_name,
                type=vim.type,
                auth_url=vim.auth_url,
                tenant=vim.tenant,
                username=vim.username,
                password=vim.password.get_secret_value(),
                security_groups=list(vim.security_groups),
            )
            if vim.key_pair:
                document.key_pair = vim.key_pair
            if vim.location:
                document.location = Location(name=vim.location)
            await self._client.create_vim(document)
        self._prepared = True

    async def subscribe(self) -> None:
        """Have the orchestrator tell when services are ready or have failed; told twice, it is one subscription."""
        for name, event, queue in SUBSCRIPTIONS:
            await self._client.subscribe(name, event, queue)

    async def ensure_descriptor(self, application: Application, turn_password: str) -> str:
        """The id of an application's descriptor, which is made if it is missing."""
        await self.prepare()
        wanted = application.model_copy(update={"turn_server_password": turn_password or None})
        for known in await self._descriptors(service_name(application)):
            return known.id or ""
        made = await self._client.create_service_descriptor(
            build_descriptor(wanted, application.os_name or "", self._installation)
        )
        return made.id or ""

    async def records(self, name: str | None = None) -> list[NetworkServiceRecord]:
        """The running services of a name, or all of them."""
        await self.prepare()
        return [each for each in await self._client.services() if name is None or each.name == name]

    async def record(self, record_id: str) -> NetworkServiceRecord | None:
        """A running service, or None."""
        await self.prepare()
        try:
            return await self._client.service(record_id)
        except NfvoError as error:
            if error.status != NOT_FOUND:
                raise
            return None

    async def instantiate(self, descriptor_id: str) -> NetworkServiceRecord:
        """Order a service."""
        return await self._client.instantiate(descriptor_id)

    async def terminate(self, record_id: str) -> None:
        """Order the end of a service, which may be gone already."""
        await self._unless_gone(f"/ns-records/{record_id}")

    async def remove_descriptors(self, name: str) -> None:
        """Delete the descriptors of a name, with those of their functions."""
        for each in await self._descriptors(name):
            await self._delete_descriptor(each.id or "")
            # Gone with it already, unless the orchestrator is told otherwise.
            for function in each.vnfd:
                await self._unless_gone(f"/vnf-descriptors/{function.id}")

    async def _descriptors(self, name: str) -> list[NetworkServiceDescriptor]:
        await self.prepare()
        return [each for each in await self._client.service_descriptors() if each.name == name]

    async def _delete_descriptor(self, descriptor_id: str) -> None:
        await self._unless_gone(f"/ns-descriptors/{descriptor_id}")

    async def _unless_gone(self, path: str) -> None:
        try:
            await self._client.request("DELETE", path)
        except NfvoError as error:
            if error.status != NOT_FOUND:
                raise


def service_name(application: Application) -> str:
    """The name of an application's descriptor and service."""
    return descriptor_name(application.name or "", application.os_name or "")


def media_function(record: NetworkServiceRecord) -> VirtualNetworkFunctionRecord | None:
    """The function of a service that its media servers are in; None: not known yet."""
    return next((each for each in record.vnfr if MEDIA_SERVER in (each.endpoint, each.type)), None)


def media_unit(record: NetworkServiceRecord) -> VirtualDeploymentUnit | None:
    """The unit that the media servers are in; None: not known yet."""
    function = media_function(record)
    return function.vdu[0] if function is not None and function.vdu else None


def group(record: NetworkServiceRecord, former: MediaServerGroup | None) -> MediaServerGroup:
    """What an application tells of its media servers."""
    function, repository = media_function(record), _repository(record)
    made = MediaServerGroup(id=(former.id if former else None) or record.id, nsr_id=record.id, status=record.status)
    if descriptor := record.descriptor_reference or (former.nsd_id if former else None):
        made.nsd_id = descriptor
    if function is not None and function.id:
        made.ms_vnfr_id = function.id
    if repository is not None and repository.id:
        made.cloud_repository_vnfr_id = repository.id
    made.hosts = [host(each) for each in instances(record)]
    return made


def instances(record: NetworkServiceRecord) -> list[VNFCInstance]:
    """The media servers of a service."""
    function = media_function(record)
    return [each for unit in function.vdu for each in unit.vnfc_instance] if function is not None else []


def host(instance: VNFCInstance) -> Host:
    """A media server as applications know it."""
    made = Host(id=instance.id, hostname=instance.hostname, status=instance.state)
    if address := _address(instance):
        made.floating_ip = address
    return made


def repository_address(record: NetworkServiceRecord) -> str | None:
    """Where the cloud repository of a service is reached; None: it has none, or not yet."""
    function = _repository(record)
    found = [_address(each) for unit in function.vdu for each in unit.vnfc_instance] if function is not None else []
    return next((each for each in found if each), None)


def is_ready(record: NetworkServiceRecord, *, before: bool) -> bool:
    """Whether the media servers of a service can be used.

    Args:
        record: Of the service.
        before: Whether they could be used before. On its way up a service is INACTIVE for a moment; later that means
            that somebody has stopped all of its media servers, which is no reason to wait.
    """
    return record.status in (Status.ACTIVE, Status.SCALING) or (before and record.status is Status.INACTIVE)


def _repository(record: NetworkServiceRecord) -> VirtualNetworkFunctionRecord | None:
    return next((each for each in record.vnfr if each.endpoint == GENERIC), None)


def _address(instance: VNFCInstance) -> str | None:
    found = [each.ip for each in (*instance.floating_ips, *instance.ips) if each.ip]
    return found[0] if found else None
