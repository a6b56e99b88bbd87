"""The orchestrator's REST interface, one resource a module (wire contracts 6.2)."""

from nai.nfvo.api import (
    configurations,
    events,
    forwarding_graphs,
    history,
    keys,
    managers,
    projects,
    system,
    users,
    virtual_links,
    vnf_components,
)

ROUTERS = [
    configurations.router,
    events.router,
    forwarding_graphs.router,
    history.router,
    keys.router,
    managers.router,
    projects.router,
    system.router,
    users.router,
    virtual_links.router,
    vnf_components.router,
]
"""All of its routers."""
