"""The PaaS manager's REST interface, one resource a module (wire contracts 1.2)."""

from nai.paas.api import config, projects, register, security, users
from nai.paas.api.routing import mounted

ROUTERS = [
    *mounted([users.router, projects.router, security.router, config.router]),
    register.router,
]
"""All of its routers."""
