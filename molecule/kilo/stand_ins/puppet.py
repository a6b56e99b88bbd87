#!/usr/bin/python3
"""Stand-in for the Puppet manifests of packstack on one host: packages, configuration, services.

Reads from its input an object with `address`, `roles` and `answers`; notes each call, by which a test sees whether a
host was left alone.
"""

from __future__ import annotations

import configparser
import json
import subprocess
import sys
from collections.abc import Mapping

from shared import STATE, below_root, fail, locked, record, write

CONTROLLER = {
    "mariadb-server": ["mariadb"],
    "rabbitmq-server": ["rabbitmq-server"],
    "memcached": ["memcached"],
    "iptables-services": ["iptables"],
    "openstack-dashboard": ["httpd"],
    "openstack-keystone": ["openstack-keystone"],
    "openstack-glance": ["openstack-glance-api", "openstack-glance-registry"],
    "openstack-nova": [f"openstack-nova-{name}" for name in ("api", "scheduler", "conductor", "novncproxy")],
    "openstack-neutron": [
        *("neutron-server", "neutron-dhcp-agent", "neutron-l3-agent", "neutron-metadata-agent"),
        "neutron-openvswitch-agent",
    ],
}
COMPUTE = {
    "openstack-nova-compute": ["openstack-nova-compute"],
    "openstack-neutron-openvswitch": ["neutron-openvswitch-agent"],
}
SERVICES = {
    "keystone": ("identity", 5000, "/v2.0"),
    "glance": ("image", 9292, ""),
    "nova": ("compute", 8774, "/v2/%(tenant_id)s"),
    "neutron": ("network", 9696, ""),
}
Settings = Mapping[str, Mapping[str, str]]


def run(*command: str) -> None:
    """Runs a command; its error ends this process."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        fail(f"{' '.join(command)}: {(done.stderr or done.stdout).strip()}")


def set_options(path: str, settings: Settings) -> None:
    """Sets options in a configuration file, and leaves its other ones alone."""
    parser = configparser.RawConfigParser(strict=False, default_section="")
    parser.read(below_root(path))
    for section, options in settings.items():
        if not parser.has_section(section):
            parser.add_section(section)
        for option, value in options.items():
            parser.set(section, option, value)
    with below_root(path).open("w") as file:
        parser.write(file)


def configuration(answers: Mapping[str, str], roles: list[str]) -> dict[str, Settings]:
    """Returns what Puppet sets, as far as a stand-in reads it."""
    controller = answers["CONFIG_CONTROLLER_HOST"]
    nova = {
        "DEFAULT": {"compute_driver": "libvirt.LibvirtDriver", "glance_host": controller},
        "neutron": {"url": f"http://{controller}:9696", "admin_password": answers["CONFIG_NEUTRON_KS_PW"]},
        "oslo_messaging_rabbit": {"rabbit_host": controller},
    }
    files: dict[str, Settings] = {
        "/etc/nova/nova.conf": nova,
        "/etc/neutron/plugins/openvswitch/ovs_neutron_plugin.ini": {
            "ovs": {"local_ip": answers.get("address", ""), "bridge_mappings": ""},
            "agent": {"tunnel_types": "vxlan"},
        },
    }
    if "controller" in roles:
        files["/etc/neutron/plugins/ml2/ml2_conf.ini"] = {
            "ml2": {
                "type_drivers": answers["CONFIG_NEUTRON_ML2_TYPE_DRIVERS"],
                "tenant_network_types": answers["CONFIG_NEUTRON_ML2_TENANT_NETWORK_TYPES"],
            },
            "ml2_type_vxlan": {"vni_ranges": answers["CONFIG_NEUTRON_ML2_VNI_RANGES"]},
        }
        files["/etc/glance/glance-api.conf"] = {
            "keystone_authtoken": {"identity_uri": f"http://{controller}:35357", "admin_user": "glance"}
        }
    return files


def catalogue(answers: Mapping[str, str]) -> None:
    """Writes accounts and endpoints for the stand-in of Keystone; Puppet sets every URL to the controller's address."""
    address = answers["CONFIG_CONTROLLER_HOST"]
    endpoints = [
        {
            "id": f"{name}-{interface}",
            "interface": interface,
            "url": f"http://{address}:{35357 if (name, interface) == ('keystone', 'admin') else port}{path}",
        }
        for name, (_kind, port, path) in SERVICES.items()
        for interface in ("public", "internal", "admin")
    ]
    accounts = {"admin": answers["CONFIG_KEYSTONE_ADMIN_PW"], "nova": answers["CONFIG_NOVA_KS_PW"]}
    write(STATE / "keystone.json", json.dumps({"accounts": accounts, "endpoints": endpoints}), 0o666)


def main() -> int:
    """Entry point."""
    manifest = json.load(sys.stdin)
    with locked():
        record("puppet", [manifest["address"], *manifest["roles"]])
    answers, roles = {**manifest["answers"], "address": manifest["address"]}, manifest["roles"]
    wanted = {**(CONTROLLER if "controller" in roles else {}), **(COMPUTE if "compute" in roles else {})}
    run("yum", "-y", "install", *wanted)
    for path, settings in configuration(answers, roles).items():
        set_options(path, settings)
    if "controller" in roles:
        catalogue(answers)
    units = [unit for names in wanted.values() for unit in names]
    run("systemctl", "daemon-reload")
    run("systemctl", "enable", "--quiet", *units)
    run("systemctl", "start", *units)
    return 0


if __name__ == "__main__":
    sys.exit(main())
