"""The marketplace's REST interface (wire contracts 4)."""

from nai.marketplace.api import applications

ROUTERS = [applications.router]
"""All of its routers."""
