"""What the scenario's mirror serves: repositories, an index of Python packages, nova-docker's archive."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from pathlib import Path
from typing import Any

Package = dict[str, Any]

STAND_INS = "/usr/local/lib/stand-ins"
SITE = "/usr/lib/python2.7/site-packages"
UNITS = "/usr/lib/systemd/system"
ARCHIVE = "nova-docker/nova-docker-kilo-eol.tar.gz"
PBR_VERSIONS = ["0.10.1", "0.11.1", "1.8.1"]


def link(target: str) -> dict[str, str]:
    """A symbolic link."""
    return {"link": target}


def text(content: str) -> dict[str, str]:
    """A file."""
    return {"text": content}


def unit(
    program: str, *, user: str = "root", arguments: str = "", kind: str = "notify", name: str = ""
) -> dict[str, Any]:
    """Files of a daemon: its program, a link to the stand-in, and its unit."""
    service = f"[Unit]\nDescription=Stand-in for {program}\n\n[Service]\nType={kind}\nUser={user}\n"
    service += (
        f"ExecStart=/usr/bin/{program}{' ' if arguments else ''}{arguments}\n\n[Install]\nWantedBy=multi-user.target\n"
    )
    return {
        f"/usr/bin/{program}": link(f"{STAND_INS}/service.py"),
        f"{UNITS}/{name or program}.service": text(service),
    }


def package(name: str, version: str, release: str = "1.el7", **more: Any) -> Package:
    """A package as the repository's index has it."""
    return {"name": name, "version": version, "release": release, **more}


def nova_units() -> Package:
    """The services of the controller."""
    files: dict[str, Any] = {}
    for name in ("api", "scheduler", "conductor", "novncproxy"):
        arguments = "--config-file /usr/share/nova/nova-dist.conf --config-file /etc/nova/nova.conf"
        files |= unit(f"nova-{name}", user="nova", arguments=arguments, name=f"openstack-nova-{name}")
    return package("openstack-nova", "2015.1.4", requires=["openstack-nova-common"], files=files)


def neutron_units() -> Package:
    """The services of the controller."""
    arguments = "--config-file /etc/neutron/plugins/ml2/ml2_conf.ini"
    files = {"/etc/neutron/plugins/ml2/ml2_conf.ini": text("[ml2]\n")}
    files |= unit("neutron-server", user="neutron", arguments=arguments)
    for name in ("dhcp", "l3", "metadata"):
        files |= unit(f"neutron-{name}-agent", user="neutron", kind="simple")
    return package("openstack-neutron", "2015.1.4", requires=["openstack-neutron-openvswitch"], files=files)


def rdo() -> list[Package]:
    """OpenStack."""
    agent = "neutron-openvswitch-agent"
    plugin = "/etc/neutron/plugins/openvswitch/ovs_neutron_plugin.ini"
    drop_in = f"/etc/neutron/conf.d/{agent}"
    glance = "--config-file /usr/share/glance/glance-api-dist.conf --config-file /etc/glance/glance-api.conf"
    nova = "--config-file /usr/share/nova/nova-dist.conf --config-file /etc/nova/nova.conf"
    pbr_info = f"{SITE}/pbr-1.8.1-py2.7.egg-info"
    pbr_files = {
        f"{SITE}/pbr/__init__.py": text(""),
        f"{SITE}/pbr/version.py": text("version = '1.8.1'\n"),
        f"{pbr_info}/PKG-INFO": text("Metadata-Version: 1.1\nName: pbr\nVersion: 1.8.1\n"),
        f"{pbr_info}/top_level.txt": text("pbr\n"),
    }
    packstack = {"/usr/bin/packstack": link(f"{STAND_INS}/packstack.py")}
    return [
        package("openstack-packstack", "2015.1", "0.14.dev1616.g5526c38.el7", files=packstack),
        package("python-pbr", "1.8.1", "2.el7", files=pbr_files),
        package("python-pbr", "1.8.1", "20.el7", files=pbr_files),
        package("mariadb-server", "5.5.44", arch="x86_64", files=unit("mysqld", name="mariadb")),
        package("rabbitmq-server", "3.3.5", files=unit("beam.smp", name="rabbitmq-server")),
        package("memcached", "1.4.15", arch="x86_64", files=unit("memcached")),
        package("openstack-dashboard", "2015.1.4", files=unit("httpd")),
        package(
            "openstack-keystone",
            "2015.1.4",
            accounts=["keystone"],
            files=unit("keystone-all", user="keystone", name="openstack-keystone"),
        ),
        package(
            "openstack-glance",
            "2015.1.4",
            accounts=["glance"],
            files={
                "/usr/share/glance/glance-api-dist.conf": text("[DEFAULT]\nverbose = True\n"),
                "/etc/glance/glance-api.conf": text("[DEFAULT]\n"),
                "/var/log/glance": {"directory": True},
                **unit("glance-api", user="glance", arguments=glance, name="openstack-glance-api"),
                **unit("glance-registry", user="glance", name="openstack-glance-registry"),
            },
        ),
        package(
            "openstack-nova-common",
            "2015.1.4",
            accounts=["nova"],
            requires=["python-pbr"],
            files={
                "/usr/share/nova/nova-dist.conf": text("[DEFAULT]\nrootwrap_config = /etc/nova/rootwrap.conf\n"),
                "/etc/nova/nova.conf": text("[DEFAULT]\n"),
                "/var/log/nova": {"directory": True},
            },
        ),
        nova_units(),
        package(
            "openstack-nova-compute",
            "2015.1.4",
            requires=["openstack-nova-common"],
            files=unit("nova-compute", user="nova", arguments=nova, name="openstack-nova-compute"),
        ),
        package(
            "openstack-neutron-openvswitch",
            "2015.1.4",
            accounts=["neutron"],
            files={
                plugin: text("[ovs]\n"),
                drop_in: {"directory": True},
                **unit(
                    agent, user="neutron", kind="simple", arguments=f"--config-file {plugin} --config-dir {drop_in}"
                ),
            },
        ),
        neutron_units(),
    ]


def extras() -> list[Package]:
    """Docker."""
    engine = "[Unit]\nDescription=Stand-in for Docker\n\n[Service]\nEnvironmentFile=-/etc/sysconfig/docker\n"
    engine += "ExecStart=/usr/bin/docker -d $OPTIONS\n\n[Install]\nWantedBy=multi-user.target\n"
    files = {
        "/usr/bin/docker": link(f"{STAND_INS}/docker_engine.py"),
        f"{UNITS}/docker.service": text(engine),
        "/etc/sysconfig/docker": text("OPTIONS='--selinux-enabled'\nDOCKER_CERT_PATH=/etc/docker\n"),
    }
    return [package("docker", "1.7.1", "115.el7", arch="x86_64", files=files)]


def base() -> list[Package]:
    """CentOS."""
    firewall = "[Unit]\nDescription=Stand-in for the firewall\n\n[Service]\nType=oneshot\nRemainAfterExit=yes\n"
    firewall += "ExecStart=/usr/sbin/iptables-restore /etc/sysconfig/iptables\n\n[Install]\nWantedBy=basic.target\n"
    rules = "*filter\n-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT\n-A INPUT -j REJECT\nCOMMIT\n"
    files = {f"{UNITS}/iptables.service": text(firewall), "/etc/sysconfig/iptables": text(rules)}
    return [
        package("iptables-services", "1.4.21", "13.el7", arch="x86_64", files=files),
        package("openssh-clients", "6.6.1p1", "11.el7", arch="x86_64"),
        package("python-docker-py", "1.4.0", "115.el7"),
    ]


REPOSITORIES = {
    "centos/7.1.1503/os/x86_64": base,
    "centos/7.1.1503/updates/x86_64": list,
    "centos/7.1.1503/extras/x86_64": extras,
    "centos/7/sclo/x86_64/rh": lambda: [
        package(
            "rh-python38-python", "3.8.14", files={"/opt/rh/rh-python38/root/usr/bin/python3": link("/usr/bin/python3")}
        )
    ],
    "epel/7/x86_64": lambda: [
        package("python-pip", "7.1.0", files={"/usr/bin/pip": link(f"{STAND_INS}/pip_installer.py")}),
        # Not to be taken from here: RDO's own is what Nova was packaged with.
        package("python-pbr", "9.0.0", "1.el7"),
    ],
    "rdo/openstack-kilo/el7": rdo,
}


def nova_docker() -> bytes:
    """A source archive with nova-docker's layout. Its bytes are always the same: the inventory has their digest."""
    top = "nova-docker-kilo-eol"
    files = {
        "setup.cfg": "[metadata]\nname = nova-docker\n\n[files]\npackages =\n    novadocker\n",
        "setup.py": "import setuptools\n\nsetuptools.setup(setup_requires=['pbr'], pbr=True)\n",
        "novadocker/__init__.py": "",
        "novadocker/virt/__init__.py": "",
        "novadocker/virt/docker/__init__.py": "",
        "novadocker/virt/docker/driver.py": "class DockerDriver(object):\n    pass\n",
        "novadocker/virt/docker/vifs.py": "class DockerGenericVIFDriver(object):\n    pass\n",
    }
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(f"{top}/{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content.encode()))
    return gzip.compress(plain.getvalue(), compresslevel=0, mtime=0)  # stored: no other zlib packs it in another way


def build(tree: Path) -> None:
    """Writes all files below a directory."""
    contents: dict[str, bytes] = {
        ARCHIVE: nova_docker(),
        # A directory's index page is what the server sends for the directory.
        "pypi/simple/pbr/index.html": json.dumps(PBR_VERSIONS).encode(),
    }
    for name, packages in REPOSITORIES.items():
        contents[f"{name}/repodata/repomd.xml"] = b"<repomd/>\n"
        contents[f"{name}/repodata/packages.json"] = json.dumps(packages(), indent=1).encode()
    for name, content in contents.items():
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
