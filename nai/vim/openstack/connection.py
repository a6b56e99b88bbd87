"""One connection to a cloud for each VIM instance, kept as long as its credentials stay the same."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Any, TypeVar

import requests
from keystoneauth1 import exceptions as auth_errors
from keystoneauth1 import session as keystone_session
from keystoneauth1.identity import v2, v3
from openstack.connection import Connection

from nai.catalogue import VimInstance
from nai.vim.errors import VimError, VimUnreachableError
from nai.vim.kept import Kept, NamedLocks
from nai.vim.openstack.errors import API_ERRORS, translate
from nai.vim.options import DriverOptions

DEFAULT_DOMAIN = "Default"
READ_RETRIES = 2

Result = TypeVar("Result")


class Cloud:
    """A cloud as one project sees it; blocking, and safe to use from several threads.

    Attributes:
        name: Name of the VIM instance, for errors.
        locks: Who makes what right now.
        addresses_lock: Held while a floating IP is chosen.
    """

    def __init__(self, instance: VimInstance, options: DriverOptions, http: requests.Session | None = None) -> None:
        """Remembers where the cloud is; nothing is contacted.

        Args:
            instance: Location and credentials. `authUrl` that ends in `/v2.0` means Keystone v2, anything else v3.
            options: Certificates and timeouts.
            http: The HTTP client, for tests.

        Raises:
            VimError: The instance has no `authUrl`.
        """
        if not instance.auth_url:
            raise VimError(f"VIM {instance.name} has no authUrl")
        self.name = str(instance.name)
        self._region_wanted = getattr(instance.location, "name", None)
        self._session = keystone_session.Session(
            auth=_authentication(instance),
            session=http,
            verify=str(options.ca_file) if options.ca_file else True,
            timeout=options.request_timeout_seconds,
            user_agent="nai-vim",
        )
        self._connection: Any = None
        self._project_id = ""
        self._lock = threading.Lock()
        self.locks = NamedLocks()
        # Two servers must not be given the same free address.
        self.addresses_lock = threading.Lock()

    @property
    def api(self) -> Any:
        """The SDK's connection, authenticated on its first use."""
        with self._lock:
            if self._connection is None:
                access = self._session.auth.get_access(self._session)
                self._project_id = str(access.project_id)
                region = _region(access, self._region_wanted)
                self._connection = Connection(session=self._session, region_name=region)
            return self._connection

    @property
    def project_id(self) -> str:
        """The project that the credentials are scoped to."""
        return self._project_id if self.api is not None else ""

    def ask(self, what: str, question: Callable[[Any], Result]) -> Result:
        """Runs SDK calls, with its errors translated.

        Args:
            what: What is asked for, for the error.
            question: Takes the SDK's connection.

        Raises:
            VimError: The cloud refused, or does not answer.
        """
        try:
            return question(self.api)
        except API_ERRORS as error:
            raise translate(f"VIM {self.name}: {what}", error) from error

    def read(self, what: str, question: Callable[[Any], Result]) -> Result:
        """Like `ask`, for what changes nothing: asked again when a connection breaks.

        Servers close idle connections, and a request that is sent just then is lost. After a lost write nobody knows
        whether it arrived, so those are never repeated here.
        """
        for _ in range(READ_RETRIES):
            try:
                return self.ask(what, question)
            except VimUnreachableError as error:
                if not isinstance(error.__cause__, auth_errors.ConnectFailure):
                    raise
        return self.ask(what, question)

    def close(self) -> None:
        """Closes what is open."""
        with self._lock:
            connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


_clouds: Kept[Cloud] = Kept()


def cloud_of(instance: VimInstance, options: DriverOptions) -> Cloud:
    """Returns the kept connection of a VIM instance, or a new one when its credentials or the options have changed."""
    parts = (
        instance.name,
        instance.auth_url,
        instance.tenant,
        instance.username,
        secret_text(instance.password),
        _domain(instance),
        getattr(instance.location, "name", None),
        options.ca_file,
        options.request_timeout_seconds,
    )
    return _clouds.get(parts, lambda: Cloud(instance, options))


def secret_text(value: Any) -> str:
    """A secret in the clear, whichever way the catalogue's model keeps it."""
    return str(value.get_secret_value() if hasattr(value, "get_secret_value") else value or "")


def _domain(instance: VimInstance) -> str:
    # Not in the catalogue of 3.0.0; later ones have the field, and any client may send it.
    extra = instance.model_extra or {}
    return str(getattr(instance, "domain", None) or extra.get("domain") or DEFAULT_DOMAIN)


def _authentication(instance: VimInstance) -> Any:
    url = str(instance.auth_url).rstrip("/")
    username, password = instance.username or "", secret_text(instance.password)
    tenant = instance.tenant or ""
    by_id = bool(re.fullmatch(r"[0-9a-f]{32}", tenant))
    if url.endswith("/v2.0"):
        named = {"tenant_id": tenant} if by_id else {"tenant_name": tenant}
        return v2.Password(url, username=username, password=password, **named)
    if not url.endswith("/v3"):
        url += "/v3"
    domain = _domain(instance)
    # Clients of the day give the project's id where Keystone speaks v3, and its name where it speaks v2.
    scope = {"project_id": tenant} if by_id else {"project_name": tenant, "project_domain_name": domain}
    return v3.Password(url, username=username, password=password, user_domain_name=domain, **scope)


def _region(access: Any, wanted: str | None) -> str | None:
    """The wanted region if the cloud has it; a location may as well be the name of a town."""
    regions = {
        endpoint.get("region_id") or endpoint.get("region")
        for service in access.service_catalog.catalog
        for endpoint in service.get("endpoints", ())
    }
    if wanted in regions:
        return wanted
    return min((str(region) for region in regions if region), default=None)
