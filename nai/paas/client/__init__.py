"""A client of the PaaS manager's API. It needs the catalogue and nothing of the PaaS manager itself."""

from nai.paas.client.applications import ApplicationOperations
from nai.paas.client.people import PeopleOperations
from nai.paas.client.session import PaasError, PaasSession

__all__ = ["PaasClient", "PaasError"]


class PaasClient(ApplicationOperations, PeopleOperations, PaasSession):
    """All of the API. Every operation raises PaasError where it is refused or nobody answers."""
