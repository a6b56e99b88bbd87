"""Filters from which the OpenStack roles make their configuration."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.nubomedia.nai.plugins.filters import (
    keystone_credentials,
    openstack_urls,
    openvswitch_datapath,
    uwsgi_config,
)

RELEASE: dict[str, Any] = {
    "name": "epoxy",
    "services": {"keystone": {"port": 5000}, "mariadb": {"port": 3306}, "rabbitmq": {"port": 5672}, "docker": {}},
}


def test_urls() -> None:
    assert openstack_urls.service_url("keystone", RELEASE, "192.0.2.10", "/v3") == "http://192.0.2.10:5000/v3"
    assert (
        openstack_urls.database_url("nova_api", RELEASE, "192.0.2.10", "nova", "pw")
        == "mysql+pymysql://nova:pw@192.0.2.10:3306/nova_api?charset=utf8mb3"
    )
    assert (
        openstack_urls.transport_url("openstack", RELEASE, "192.0.2.10", "openstack", "pw")
        == "rabbit://openstack:pw@192.0.2.10:5672/openstack"
    )


@pytest.mark.parametrize("service", ["docker", "absent"])
def test_a_service_without_a_port_is_named(service: str) -> None:
    with pytest.raises(AnsibleFilterError, match=f"has no port of service {service}"):
        openstack_urls.service_url(service, RELEASE, "192.0.2.10")


def test_authtoken_holds_the_credentials_and_the_cache() -> None:
    credentials = keystone_credentials.keystone_credentials("nova", "pw", "http://192.0.2.10:5000/v3", "RegionOne")
    section = keystone_credentials.keystone_authtoken(
        "nova", "pw", "http://192.0.2.10:5000/v3", "RegionOne", "192.0.2.10:11211"
    )
    assert credentials.items() <= section.items()
    assert section["memcached_servers"] == "192.0.2.10:11211"


@pytest.mark.parametrize(
    ("wanted", "kernel", "expected"),
    [("auto", True, "system"), ("auto", False, "netdev"), ("system", False, "system"), ("netdev", True, "netdev")],
)
def test_datapath(wanted: str, kernel: bool, expected: str) -> None:
    assert openvswitch_datapath.openvswitch_datapath(wanted, {"openvswitch_kernel": kernel}) == expected


def test_uwsgi_listens_on_one_address_and_options_win() -> None:
    service = {"unit": "neutron-api", "port": 9696, "user": "neutron", "wsgi_file": "/usr/bin/neutron-api"}
    section = uwsgi_config.uwsgi_config(service, "192.0.2.10", 2, 1, {"enable-threads": False})["uwsgi"]
    assert section["http-socket"] == "192.0.2.10:9696"
    assert (section["processes"], section["threads"], section["enable-threads"]) == (2, 1, False)
    assert section["logto"] == "/var/log/neutron/neutron-api.log"
