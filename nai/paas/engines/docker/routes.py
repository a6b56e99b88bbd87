"""The configuration of HAProxy that publishes applications. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nai.paas.engines.docker.settings import RouterSettings

BACKEND = "nai_app_"
COOKIE = "NAISERVER"
"""By which a browser comes back to the container that knows it."""
HTTPS = 443


@dataclass(frozen=True, order=True)
class Server:
    """A container that gets requests.

    Attributes:
        name: Its name.
        address: Where it is.
        port: What it listens on.
        tls: Whether it wants TLS itself: applications with a certificate of their own do.
    """

    name: str
    address: str
    port: int
    tls: bool = False


def render(routes: Mapping[str, Sequence[Server]], settings: RouterSettings) -> str:
    """The file.

    Args:
        routes: Containers by host name; one without any is answered 503.
        settings: Addresses, ports and certificate.
    """
    sections = [
        _DEFAULTS.format(idle=settings.idle_seconds),
        _FRONTEND.format(
            bind=f"{settings.address}:{settings.https_port}",
            certificate=settings.certificate,
            port=settings.https_port,
            backend=BACKEND,
        ),
    ]
    if settings.http_port is not None:
        suffix = "" if settings.https_port == HTTPS else f":{settings.https_port}"
        sections.append(_REDIRECT.format(bind=f"{settings.address}:{settings.http_port}", suffix=suffix))
    sections += [_backend(host, sorted(routes[host])) for host in sorted(routes)]
    return "\n".join(sections)


def _backend(host: str, servers: Sequence[Server]) -> str:
    lines = [
        f"backend {BACKEND}{host} from nai_paas",
        "    balance leastconn",
        f"    cookie {COOKIE} insert indirect nocache httponly secure",
        "    default-server check inter 2s fastinter 500ms fall 2 rise 1",
    ]
    for server in servers:
        tls = " ssl verify none sni req.hdr(host)" if server.tls else ""
        cookie = hashlib.sha256(server.name.encode()).hexdigest()[:12]
        lines.append(f"    server {server.name} {server.address}:{server.port} cookie {cookie}{tls}")
    return "\n".join(lines) + "\n"


_DEFAULTS = """\
# Written by the PaaS manager from what runs: changes made here are lost.
defaults nai_paas
    mode http
    log global
    option httplog
    option dontlognull
    option redispatch
    retries 2
    timeout connect 5s
    timeout client 60s
    timeout client-fin 30s
    timeout server 60s
    timeout http-request 15s
    timeout http-keep-alive 15s
    timeout queue 30s
    timeout tunnel {idle}s
"""

_FRONTEND = """\
frontend nai_paas from nai_paas
    bind {bind} ssl crt {certificate} alpn h2,http/1.1
    http-request del-header X-Forwarded-For
    option forwardfor
    http-request set-header X-Forwarded-Proto https
    http-request set-header X-Forwarded-Port {port}
    http-request set-header X-Forwarded-Host %[req.hdr(host)]
    use_backend {backend}%[req.hdr(host),field(1,:),lower]
    default_backend nai_paas_nobody

backend nai_paas_nobody from nai_paas
    http-request return status 404 content-type text/plain string "No application is published under this name."
"""

_REDIRECT = """\
frontend nai_paas_http from nai_paas
    bind {bind}
    http-request redirect code 301 location https://%[req.hdr(host),field(1,:)]{suffix}%[capture.req.uri]
"""
