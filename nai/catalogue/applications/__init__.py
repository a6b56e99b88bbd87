"""Documents of the PaaS as its clients know them: applications, services, media servers, projects, users, marketplace.

Names on the wire are the original's (wire contracts 1.2, 1.3 and 4), its misspelling of a status included.
"""

from nai.catalogue.applications.answers import (
    BuildLogs,
    CreateApplicationAnswer,
    CreateSecret,
    DeleteApplicationAnswer,
    DeleteApplicationsAnswer,
    DeleteSecretAnswer,
)
from nai.catalogue.applications.application import Application, ApplicationRequest, CreateApplication
from nai.catalogue.applications.marketplace import MarketplaceApplication
from nai.catalogue.applications.media_servers import Host, MediaServerGroup
from nai.catalogue.applications.people import ChangePassword, PaasProject, PaasQuota, PaasRole, PaasUser
from nai.catalogue.applications.services import EnvironmentVariable, Port, SupportingService
from nai.catalogue.applications.words import AppStatus, Flavor, QualityOfService

__all__ = [
    "AppStatus",
    "Application",
    "ApplicationRequest",
    "BuildLogs",
    "ChangePassword",
    "CreateApplication",
    "CreateApplicationAnswer",
    "CreateSecret",
    "DeleteApplicationAnswer",
    "DeleteApplicationsAnswer",
    "DeleteSecretAnswer",
    "EnvironmentVariable",
    "Flavor",
    "Host",
    "MarketplaceApplication",
    "MediaServerGroup",
    "PaasProject",
    "PaasQuota",
    "PaasRole",
    "PaasUser",
    "Port",
    "QualityOfService",
    "SupportingService",
]
