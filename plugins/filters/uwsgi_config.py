# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""uWSGI's configuration of an OpenStack API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


def uwsgi_config(
    service: Mapping[str, Any], address: str, processes: int, threads: int, options: Mapping[str, Any] | None = None
) -> dict[str, dict[str, Any]]:
    """What Debian's own file for the API says, with the address it listens on and its size.

    Args:
        service: The API's entry in the release's `services`.
        address: Address it listens on.
        processes: Processes.
        threads: Threads in each process.
        options: Further options; they win.

    Returns:
        Section to option to value.
    """
    home = f"/var/lib/{service['user']}"
    return {
        "uwsgi": {
            "http-socket": f"{address}:{service['port']}",
            "plugins": "python3",
            "wsgi-file": service["wsgi_file"],
            "name": service["unit"],
            "chdir": home,
            "logto": f"/var/log/{service['user']}/{service['unit']}.log",
            "master": True,
            "processes": processes,
            "threads": threads,
            "enable-threads": True,
            # Each process loads the application itself: connections must not be shared over a fork.
            "lazy-apps": True,
            "thunder-lock": True,
            "paste-logger": True,
            "no-orphans": True,
            "die-on-term": True,
            # uWSGI closes after each answer without saying so: a client's next request on the connection meets a reset.
            "add-header": "Connection: close",
            "rem-header": "Content-Length",
            "buffer-size": 65535,
            "listen": 100,
            **(options or {}),
        }
    }


class FilterModule:
    """Filters of this file, for Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Names and functions."""
        return {"uwsgi_config": uwsgi_config}
