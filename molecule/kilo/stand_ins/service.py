#!/usr/bin/python3
"""Stand-in for every daemon of OpenStack: the name it is called by says which.

It reads its configuration as oslo.config does (`--config-file` and `--config-dir`, the last one wins), notes the
outcome in `/run/stand-ins/<name>.json`, refuses to start where the real one could not, listens on the real one's ports,
and answers what the installer asks Keystone and Glance.
"""

from __future__ import annotations

import configparser
import grp
import itertools
import json
import os
import pwd
import signal
import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from shared import STATE, fail

PORTS = {
    "mysqld": [3306],
    "beam.smp": [5672],
    "memcached": [11211],
    "httpd": [80],
    "keystone-all": [5000, 35357],
    "glance-api": [9292],
    "glance-registry": [9191],
    "nova-api": [8774, 8775],
    "nova-novncproxy": [6080],
    "neutron-server": [9696],
}
SITE = Path("/usr/lib/python2.7/site-packages")
RUN = Path("/run/stand-ins")
TOKEN = "a-token-of-the-stand-in"  # noqa: S105


def effective(arguments: list[str]) -> dict[str, dict[str, str]]:
    """Returns section → option → value as the service sees it."""
    # For oslo.config, DEFAULT is a section like any other.
    parser = configparser.RawConfigParser(strict=False, default_section="")
    for option, value in itertools.pairwise(arguments):
        if option == "--config-file":
            if not Path(value).exists():
                fail(f"Failed to find some config files: {value}")
            parser.read(value)
        elif option == "--config-dir":
            parser.read(sorted(Path(value).glob("*.conf")))
    return {section: dict(parser[section]) for section in parser.sections()}


def check_nova_compute(settings: dict[str, dict[str, str]]) -> None:
    """What nova-compute of Kilo needs to start."""
    metadata = sorted(path.name for path in SITE.glob("pbr-*-info"))
    if metadata != ["pbr-1.8.1-py2.7.egg-info"] or not (SITE / "pbr/version.py").exists():
        fail(f"pkg_resources.DistributionNotFound: pbr of nova's package; there is {metadata}")
    driver = settings["DEFAULT"]["compute_driver"]
    if not driver.startswith("novadocker."):
        return
    if not (SITE / "novadocker/virt/docker/driver.py").exists():
        fail(f"Unable to load the virtualization driver {driver}: ImportError: No module named novadocker")
    docker = grp.getgrnam("docker").gr_gid
    sock = Path("/var/run/docker.sock")
    if docker not in os.getgroups() or not sock.exists() or sock.stat().st_gid != docker:
        fail("Connection to the Docker engine refused: /var/run/docker.sock: Permission denied")


class Api(BaseHTTPRequestHandler):
    """As much of Identity v2.0 and v3 and of Image v1 as the installer uses."""

    name = ""

    def log_message(self, *arguments: Any) -> None:
        """Says nothing."""

    def answer(self, status: int, body: Any, **headers: str) -> None:
        """Sends JSON."""
        text = json.dumps(body).encode()
        self.send_response(status)
        for header, value in {"Content-Type": "application/json", "Content-Length": str(len(text)), **headers}.items():
            self.send_header(header.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(text)

    def handle_request(self) -> None:
        """Answers any method."""
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else {}
        url = urlsplit(self.path)
        if self.name == "keystone-all":
            self.identity(url.path, body)
        elif self.name == "glance-api" and url.path.startswith("/v1/images"):
            self.images(parse_qs(url.query))
        else:
            self.answer(200, {})

    do_GET = do_POST = do_PATCH = do_HEAD = handle_request  # noqa: N815

    def identity(self, path: str, body: dict[str, Any]) -> None:
        """Tokens and endpoints."""
        file = STATE / "keystone.json"
        known = json.loads(file.read_text())
        if path == "/v2.0/tokens":
            given = body["auth"]["passwordCredentials"]
            right = known["accounts"].get(given["username"]) == given["password"]
            self.answer(200 if right else 401, {"access": {"token": {"id": TOKEN}}} if right else {})
        elif path == "/v3/auth/tokens":
            given = body["auth"]["identity"]["password"]["user"]
            right = known["accounts"].get(given["name"]) == given["password"]
            self.answer(201 if right else 401, {"token": {}}, **({"X_Subject_Token": TOKEN} if right else {}))
        elif self.headers.get("X-Auth-Token") != TOKEN:
            self.answer(401, {})
        elif path == "/v3/endpoints":
            self.answer(200, {"endpoints": known["endpoints"]})
        elif self.command == "PATCH":
            for endpoint in known["endpoints"]:
                if endpoint["id"] == path.rpartition("/")[2]:
                    endpoint.update(body["endpoint"])
            file.write_text(json.dumps(known))
            self.answer(200, {})
        else:
            self.answer(404, {})

    def images(self, query: dict[str, list[str]]) -> None:
        """The images that a test has put there."""
        if self.headers.get("X-Auth-Token") != TOKEN:
            self.answer(401, {})
            return
        file = STATE / "images.json"
        found = json.loads(file.read_text()) if file.exists() else []
        wanted = query.get("container_format", [""])[0]
        self.answer(200, {"images": [image for image in found if image["container_format"] == wanted]})


def ready() -> None:
    """Tells systemd that the service is up (sd_notify(3))."""
    if address := os.environ.get("NOTIFY_SOCKET"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.connect(address.replace("@", "\0", 1) if address.startswith("@") else address)
            notify.sendall(b"READY=1")


def main() -> int:
    """Entry point."""
    name = Path(sys.argv[0]).name
    settings = effective(sys.argv[1:])
    if name == "nova-compute":
        check_nova_compute(settings)
    RUN.mkdir(mode=0o1777, exist_ok=True)
    user = pwd.getpwuid(os.geteuid()).pw_name
    note = {"user": user, "arguments": sys.argv[1:], "settings": settings}
    (RUN / f"{name}.json").write_text(json.dumps(note))
    for port in PORTS.get(name, ()):
        server = ThreadingHTTPServer(("", port), type("Handler", (Api,), {"name": name}))
        threading.Thread(target=server.serve_forever, daemon=True).start()
    ready()
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    return 0


if __name__ == "__main__":
    sys.exit(main())
