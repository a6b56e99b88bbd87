"""The PaaS manager's REST interface, one resource a module (wire contracts 1.2)."""

from fastapi import APIRouter

from nai.paas.api import applications, config, media_servers, projects, register, secrets, security, users
from nai.paas.api.routing import PAAS_V1, PAAS_V2, mounted

first, second = APIRouter(prefix=PAAS_V1), APIRouter(prefix=PAAS_V2)
for router in (applications.creating, applications.router, secrets.router, media_servers.addresses):
    first.include_router(router)
    second.include_router(router)
# The second generation is the first one and the media servers.
second.include_router(media_servers.router)

ROUTERS = [
    *mounted([users.router, projects.router, security.router, config.router]),
    register.router,
    first,
    second,
]
"""All of its routers."""
