"""`nai endpoints` tells where each service is, and it is there."""

import stat
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

SERVICES = {"keystone", "glance", "placement", "nova", "neutron", "nfvo", "media_server_vnfm"}


def test_every_service_answers_where_it_is_said_to_be(endpoints: dict[str, dict[str, Any]]) -> None:
    assert set(endpoints) >= SERVICES
    for name in SERVICES:
        assert set(endpoints[name]) >= {"url", "username", "password_file", "ca_file"}
        try:
            with urllib.request.urlopen(endpoints[name]["url"], timeout=10) as answer:  # noqa: S310  # http by design
                status = answer.status
        except urllib.error.HTTPError as error:  # multiple choices, unauthorized: it is there
            status = error.code
        assert status < 500, f"{name}: {endpoints[name]['url']} answers {status}"


def test_credentials_are_private_and_work(endpoints: dict[str, dict[str, Any]], connection: Any) -> None:
    for name, said in endpoints.items():
        if said["password_file"] is None:
            assert name == "media_server_vnfm", "all others ask who comes"
            continue
        file = Path(said["password_file"])
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert file.read_text().strip()
        assert stat.S_IMODE(file.with_name("clouds.yaml").stat().st_mode) == 0o600
    assert connection.current_project is not None


def test_every_agent_and_compute_service_is_up(connection: Any) -> None:
    down = [agent.host for agent in connection.network.agents() if not agent.is_alive]
    down += [f"{service.binary}@{service.host}" for service in connection.compute.services() if service.state != "up"]
    assert not down
