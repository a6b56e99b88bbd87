"""Shows endpoints to people."""

from __future__ import annotations

from nai.installer.checkout import displayed
from nai.installer.credentials import CLOUD
from nai.installer.endpoints import Endpoints


def table(found: Endpoints) -> str:
    """A table of where to log in, and how to use the cloud; no line is cut, so that paths can be copied."""
    rows = [("service", "where to log in", "user", "password file")]
    rows += [
        (
            name,
            endpoint.url,
            endpoint.username or "-",
            displayed(endpoint.password_file) if endpoint.password_file else "-",
        )
        for name, endpoint in found.services.items()
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    use = f"OS_CLIENT_CONFIG_FILE={found.clouds_file}"
    return "\n".join(
        [
            *lines,
            "",
            f"{use} openstack --os-cloud {CLOUD} server list",
            f"{use} python3 -c \"import openstack; print(openstack.connect('{CLOUD}').list_servers())\"",
        ]
    )
