"""An OpenStack behind the HTTP client of the SDK: Keystone v2 and v3, Nova, Neutron and Glance, in memory.

The real openstacksdk runs against it, with its discovery, its catalogue and its paging.
"""

from __future__ import annotations

import io
import itertools
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

HOST = "http://cloud.test"
PROJECT = "p" * 32
OTHER = "q" * 32
PASSWORD = "the-password"  # of this fake


@dataclass
class FakeCloud(requests.adapters.BaseAdapter):
    """Answers requests.

    Attributes:
        servers: Nova's servers by id; and so on.
        polls: How often a new server is read before it is ACTIVE.
        fault: Why new servers go to ERROR.
        lose_answer: The next POST of a server is carried out, and its connection breaks.
        unready: So many requests are answered with 503.
        busy: Nova and Neutron are not ready for a moment after each new server, and after each look at one.
        refuse: Path pattern → status and text of an error.
        asked: Method and path of all requests.
    """

    servers: dict[str, dict[str, Any]] = field(default_factory=dict)
    networks: dict[str, dict[str, Any]] = field(default_factory=dict)
    subnets: dict[str, dict[str, Any]] = field(default_factory=dict)
    ports: dict[str, dict[str, Any]] = field(default_factory=dict)
    routers: dict[str, dict[str, Any]] = field(default_factory=dict)
    floatingips: dict[str, dict[str, Any]] = field(default_factory=dict)
    keypairs: dict[str, dict[str, Any]] = field(default_factory=dict)
    flavors: dict[str, dict[str, Any]] = field(default_factory=dict)
    polls: int = 2
    fault: str = ""
    lose_answer: bool = False
    unready: int = 0
    busy: bool = False
    descriptions: bool = True
    refuse: dict[str, tuple[int, str]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        super().__init__()
        self.networks["ext"] = _network("ext", "external", OTHER, external=True)
        self.flavors["f1"] = {"id": "f1", "name": "d1.small", "ram": 512, "vcpus": 1, "disk": 10}
        self.keypairs["media"] = {"name": "media", "public_key": "ssh-ed25519 AAAA media"}

    def add_network(self, name: str, *, routed: bool = True) -> str:
        """Adds a network of the project with a subnet, and a router to the outside; returns its id."""
        network_id = f"n-{name}"
        self.networks[network_id] = _network(network_id, name, PROJECT)
        self.subnets[f"s-{name}"] = {"id": f"s-{name}", "name": name, "network_id": network_id, "cidr": "10.1.0.0/24"}
        if routed:
            self.routers["r"] = {"id": "r", "name": "r", "external_gateway_info": {"network_id": "ext"}}
            self._port(network_id, "r", "network:router_interface")
        return network_id

    def session(self) -> requests.Session:
        """An HTTP client that reaches nothing else."""
        session = requests.Session()
        session.mount("http://", self)
        session.mount("https://", self)
        return session

    def send(self, request: requests.PreparedRequest, *_args: Any, **_options: Any) -> requests.Response:
        """One request."""
        url = urlsplit(str(request.url))
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        body = json.loads(request.body) if request.body else {}
        method, path = str(request.method), url.path
        self.asked.append((method, path))
        self.bodies.append(body)
        if self.unready and "/v3" not in path:
            self.unready -= 1
            return _response(request, 503, {"error": {"message": "starting"}})
        for pattern, (status, text) in self.refuse.items():
            if re.fullmatch(pattern, f"{method} {path}"):
                return _response(request, status, {"error": {"message": text}})
        for pattern, handler in self._routes():
            found = re.fullmatch(pattern, f"{method} {path}")
            if found:
                status, answer, *headers = handler(body, query, *found.groups())
                return _response(request, status, answer, dict(headers[0]) if headers else {})
        raise AssertionError(f"not known to the fake: {method} {path}")

    def close(self) -> None:
        """Nothing is open."""

    def _routes(self) -> list[tuple[str, Callable[..., Any]]]:
        return [
            ("GET /identity/?(v3|v2.0)?/?", self._identity_versions),
            ("POST /identity/v3/auth/tokens", self._token_v3),
            ("POST /identity/v2.0/tokens", self._token_v2),
            ("GET /compute/?(?:v2.1/?)?", self._compute_versions),
            ("GET /network/?", self._network_versions),
            ("GET /image/?(?:v2/?)?", self._image_versions),
            ("GET /compute/v2.1/flavors/detail", lambda _b, _q: (200, {"flavors": list(self.flavors.values())})),
            ("POST /compute/v2.1/flavors", self._add_flavor),
            ("GET /compute/v2.1/limits", self._limits),
            ("GET /compute/v2.1/os-keypairs/(.*)", self._keypair),
            ("DELETE /compute/v2.1/os-keypairs/(.*)", lambda _b, _q, name: (202, self.keypairs.pop(name) and {})),
            ("POST /compute/v2.1/os-keypairs", self._add_keypair),
            ("GET /compute/v2.1/servers/detail", self._list_servers),
            ("POST /compute/v2.1/servers", self._add_server),
            ("GET /compute/v2.1/servers/([^/]*)", self._server),
            ("DELETE /compute/v2.1/servers/([^/]*)", self._delete_server),
            ("POST /compute/v2.1/servers/([^/]*)/action", self._action),
            ("GET /image/v2/images", self._images),
            ("GET /network/v2.0/extensions", self._extensions),
            ("GET /network/v2.0/quotas/.*", lambda _b, _q: (200, {"quota": {"floatingip": 5}})),
            ("GET /network/v2.0/security-groups", self._groups),
            ("GET /network/v2.0/routers/(.*)", lambda _b, _q, key: (200, {"router": self.routers[key]})),
            ("PUT /network/v2.0/routers/(.*)/add_router_interface", self._add_interface),
            ("GET /network/v2.0/(networks|subnets|ports|routers|floatingips)", self._list),
            ("POST /network/v2.0/(networks|subnets|ports|routers|floatingips)", self._add),
            ("PUT /network/v2.0/floatingips/(.*)", self._attach),
            ("DELETE /network/v2.0/floatingips/(.*)", lambda _b, _q, key: (204, self.floatingips.pop(key) and None)),
        ]

    # Keystone.

    def _identity_versions(self, _body: Any, _query: Any, version: str | None) -> Any:
        links = {name: [{"rel": "self", "href": f"{HOST}/identity/{name}/"}] for name in ("v3", "v2.0")}
        both = [
            {"id": "v3.14", "status": "stable", "links": links["v3"]},
            {"id": "v2.0", "status": "deprecated", "links": links["v2.0"]},
        ]
        if version:
            return 200, {"version": both[0 if version == "v3" else 1]}
        return 300, {"versions": {"values": both}}

    def _token_v3(self, body: Any, _query: Any) -> Any:
        auth = body["auth"]
        if auth["identity"]["password"]["user"]["password"] != PASSWORD:
            return 401, {"error": {"message": "The request you have made requires authentication.", "code": 401}}
        catalog = [
            {"type": kind, "name": kind, "endpoints": [_endpoint(region, url) for region in ("Berlin", "RegionOne")]}
            for kind, url in self._services("v3").items()
        ]
        token = {
            "project": {"id": PROJECT, "name": "media", "domain": {"id": "default", "name": "Default"}},
            "user": {"id": "u", "name": "media", "domain": {"id": "default", "name": "Default"}},
            "expires_at": "2100-01-01T00:00:00.000000Z",
            "issued_at": "2026-01-01T00:00:00.000000Z",
            "methods": ["password"],
            "roles": [{"id": "m", "name": "member"}],
            "catalog": catalog,
        }
        return 201, {"token": token}, {"X-Subject-Token": "a-token"}

    def _token_v2(self, _body: Any, _query: Any) -> Any:
        catalog = [
            {"type": kind, "name": kind, "endpoints": [{"region": "RegionOne", "publicURL": url, "id": kind}]}
            for kind, url in self._services("v2.0").items()
        ]
        token = {"id": "a-token", "expires": "2100-01-01T00:00:00Z", "tenant": {"id": PROJECT, "name": "media"}}
        user = {"id": "u", "name": "media", "username": "media", "roles": [{"name": "_member_"}]}
        return 200, {"access": {"token": token, "user": user, "serviceCatalog": catalog}}

    def _services(self, identity: str) -> dict[str, str]:
        return {
            "identity": f"{HOST}/identity/{identity}",
            "compute": f"{HOST}/compute/v2.1",
            "network": f"{HOST}/network",
            "image": f"{HOST}/image",
        }

    # Versions.

    def _compute_versions(self, _body: Any, _query: Any) -> Any:
        version = {"id": "v2.1", "status": "CURRENT", "min_version": "2.1", "version": "2.60"}
        return 200, {"version": {**version, "links": [{"rel": "self", "href": f"{HOST}/compute/v2.1/"}]}}

    def _network_versions(self, _body: Any, _query: Any) -> Any:
        links = [{"rel": "self", "href": f"{HOST}/network/v2.0/"}]
        return 200, {"versions": [{"id": "v2.0", "status": "CURRENT", "links": links}]}

    def _image_versions(self, _body: Any, _query: Any) -> Any:
        links = [{"rel": "self", "href": f"{HOST}/image/v2/"}]
        return 300, {"versions": [{"id": "v2.9", "status": "CURRENT", "links": links}]}

    # Nova.

    def _limits(self, _body: Any, _query: Any) -> Any:
        absolute = {"maxTotalInstances": 10, "totalInstancesUsed": len(self.servers), "maxTotalCores": -1}
        more = {"totalCoresUsed": 3, "maxTotalRAMSize": 4096, "totalRAMUsed": 5000, "maxTotalKeypairs": 100}
        return 200, {"limits": {"absolute": {**absolute, **more}, "rate": []}}

    def _add_flavor(self, body: Any, _query: Any) -> Any:
        made = {**body["flavor"], "id": f"f{next(self._numbers)}"}
        self.flavors[made["id"]] = made
        return 200, {"flavor": made}

    def _keypair(self, _body: Any, _query: Any, name: str) -> Any:
        if name not in self.keypairs:
            return 404, {"itemNotFound": {"message": f"Keypair {name} not found"}}
        return 200, {"keypair": self.keypairs[name]}

    def _add_keypair(self, body: Any, _query: Any) -> Any:
        self.keypairs[body["keypair"]["name"]] = body["keypair"]
        return 200, {"keypair": body["keypair"]}

    def _list_servers(self, _body: Any, query: Any) -> Any:
        found = [item for item in self.servers.values() if re.search(query.get("name", ""), item["name"])]
        return 200, {"servers": [self._shown(item) for item in found]}

    def _add_server(self, body: Any, _query: Any) -> Any:
        wanted = body["server"]
        number = next(self._numbers)
        made = {
            "id": f"server-{number}",
            "name": wanted["name"],
            "status": "BUILD",
            "OS-EXT-STS:task_state": "spawning",
            "created": f"2026-01-01T00:00:{number:02}Z",
            "reads": 0,
            "request": wanted,
        }
        self.servers[made["id"]] = made
        self.unready = 2 * self.busy
        for item in wanted["networks"]:
            self._port(item["uuid"], made["id"], "compute:nova")
        if self.lose_answer:
            self.lose_answer = False
            raise requests.ConnectionError("Connection reset by peer")
        return 202, {"server": {"id": made["id"]}}

    def _shown(self, item: dict[str, Any]) -> dict[str, Any]:
        flavor = self.flavors[item["request"]["flavorRef"]]
        embedded = {"original_name": flavor["name"], **{key: flavor[key] for key in ("ram", "vcpus", "disk")}}
        shown = {key: value for key, value in item.items() if key not in ("reads", "request")}
        return {**shown, "flavor": embedded, "image": {"id": item["request"]["imageRef"]}, "addresses": {}}

    def _server(self, _body: Any, _query: Any, key: str) -> Any:
        item = self.servers.get(key)
        if item is None:
            return 404, {"itemNotFound": {"message": f"Instance {key} could not be found."}}
        item["reads"] += 1
        self.unready = self.busy
        if item["status"] == "BUILD" and item["reads"] > self.polls:
            item["OS-EXT-STS:task_state"] = None
            item["status"] = "ERROR" if self.fault else "ACTIVE"
            if self.fault:
                item["fault"] = {"code": 500, "message": self.fault, "created": "2026-01-01T00:00:00Z"}
        if item["OS-EXT-STS:task_state"] == "deleting" and item["reads"] > self.polls:
            del self.servers[key]
            return 404, {"itemNotFound": {"message": "gone"}}
        return 200, {"server": self._shown(item)}

    def _delete_server(self, _body: Any, _query: Any, key: str) -> Any:
        if key not in self.servers:
            return 404, {"itemNotFound": {"message": "gone"}}
        self.servers[key].update({"OS-EXT-STS:task_state": "deleting", "reads": 0})
        self.ports = {key: port for key, port in self.ports.items() if port["device_id"] != key}
        return 204, None

    def _action(self, body: Any, _query: Any, key: str) -> Any:
        self.servers[key]["status"] = "ACTIVE" if "os-start" in body else "SHUTOFF"
        return 202, None

    # Glance and Neutron.

    def _images(self, _body: Any, _query: Any) -> Any:
        images = [
            {"id": "i1", "name": "kms", "status": "active", "visibility": "public", "container_format": "docker"},
            {"id": "i2", "name": "half", "status": "saving", "visibility": "public", "container_format": "docker"},
        ]
        return 200, {"images": images}

    def _groups(self, _body: Any, _query: Any) -> Any:
        return 200, {"security_groups": [{"id": "g1", "name": "default"}, {"id": "g2", "name": "media"}]}

    def _extensions(self, _body: Any, _query: Any) -> Any:
        return 200, {"extensions": [{"alias": "standard-attr-description", "name": ""}] if self.descriptions else []}

    def _list(self, _body: Any, query: Any, kind: str) -> Any:
        items = getattr(self, kind).values()
        wanted = {
            key: value for key, value in query.items() if key in ("network_id", "device_id", "name", "project_id")
        }
        found = [item for item in items if all(item.get(key, value) == value for key, value in wanted.items())]
        return 200, {kind: found}

    def _add(self, body: Any, _query: Any, kind: str) -> Any:
        [(key, values)] = body.items()
        number = next(self._numbers)
        made = {**values, "id": f"{key}-{number}", "project_id": PROJECT}
        if kind == "floatingips":
            made["floating_ip_address"] = f"203.0.113.{number}"
        if kind == "networks":
            made = {**_network(made["id"], values["name"], PROJECT)}
        getattr(self, kind)[made["id"]] = made
        return 201, {key: made}

    def _attach(self, body: Any, _query: Any, key: str) -> Any:
        self.floatingips[key].update(body["floatingip"])
        return 200, {"floatingip": self.floatingips[key]}

    def _add_interface(self, body: Any, _query: Any, key: str) -> Any:
        self._port(self.subnets[body["subnet_id"]]["network_id"], key, "network:router_interface")
        return 200, {}

    def _port(self, network_id: str, device_id: str, owner: str) -> None:
        number = next(self._numbers)
        self.ports[f"port-{number}"] = {
            "id": f"port-{number}",
            "network_id": network_id,
            "device_id": device_id,
            "device_owner": owner,
            "project_id": PROJECT,
            "fixed_ips": [{"subnet_id": "s", "ip_address": f"10.1.0.{number}"}],
        }


def _network(network_id: str, name: str, project: str, *, external: bool = False) -> dict[str, Any]:
    return {"id": network_id, "name": name, "project_id": project, "router:external": external, "shared": False}


def _endpoint(region: str, url: str) -> dict[str, str]:
    return {"region": region, "region_id": region, "interface": "public", "url": url, "id": f"{region}-{url}"}


def _response(
    request: requests.PreparedRequest, status: int, body: Any, headers: dict[str, str] | None = None
) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response.request, response.url = request, str(request.url)
    response.headers.update({"Content-Type": "application/json", **(headers or {})})
    response.raw = io.BytesIO(b"" if body is None else json.dumps(body).encode())
    return response
