"""Addresses that developers name: none leads to the platform's own machines."""

from __future__ import annotations

import ipaddress
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nai.paas.applications.addresses import (
    AddressError,
    Allowed,
    by_ssh,
    check_address,
    check_addresses,
    image_host,
    repository_host,
)

NOTHING = Allowed()
TESTBED = Allowed([ipaddress.ip_network("172.16.0.0/12"), ipaddress.ip_network("::1/128")], frozenset({"git.nai"}))


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://github.com/team/app.git", "github.com"),
        ("http://git.example.org:3000/team/app", "git.example.org"),
        ("HTTPS://GitHub.com/team/app.git", "github.com"),
        ("https://93.184.216.34/app.git", "93.184.216.34"),
        ("https://[2606:2800:220:1::1]/app.git", "2606:2800:220:1::1"),
        ("https://host.example.org./app", "host.example.org."),
        ("ssh://git@git.example.org:2222/team/app.git", "git.example.org"),
        ("ssh://git.example.org/app", "git.example.org"),
        ("git@git.example.org:team/app.git", "git.example.org"),
        ("git@[2606:2800:220:1::1]:team/app.git", "2606:2800:220:1::1"),
        ("https://xn--bcher-kva.example/app", "xn--bcher-kva.example"),
    ],
)
def test_repositories(url: str, host: str) -> None:
    assert repository_host(url, NOTHING) == host
    assert by_ssh(url) is not url.lower().startswith("http")


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "0.0.0.0",  # noqa: S104  # not bound to
        "0x7f000001",
        "0x7f.1",
        "2130706433",
        "017700000001",
        "127.0.0.1.",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "app.localhost",
        "169.254.169.254",
        "169.254.1.1",
        "metadata.google.internal",
        "10.0.0.1",
        "172.17.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "100.100.100.200",
        "192.0.2.1",
        "224.0.0.1",
        "255.255.255.255",
        "[::1]",
        "[::]",
        "[fe80::1]",
        "[fe80::1%25eth0]",
        "[fd00:ec2::254]",
        "[fc00::1]",
        "[ff02::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:169.254.169.254]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "controller",
        "db.local",
        "kubernetes.default.svc",
        "db.project.svc.cluster.local",
        "-oProxyCommand=x",
        "a_b.example.org",
        "a..example.org",
        "",
        ".",
        "a" * 64 + ".example.org",
        "a." * 130 + "org",
        "%31%32%37.0.0.1",
        "\uff11\uff12\uff17.0.0.1",
        "127。0。0。1",
    ],
)
def test_hosts_that_must_not_be_reached(host: str) -> None:
    for url in (f"https://{host}/app.git", f"ssh://git@{host}/app.git", f"git@{host}:app.git", f"{host}:5000/app"):
        with pytest.raises(AddressError):
            (image_host if url.endswith("5000/app") else repository_host)(url, NOTHING)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "file:///etc/passwd",
        "/etc/passwd",
        "../app",
        "app",
        "ftp://example.org/app",
        "git://example.org/app",
        "gopher://example.org/app",
        "ext::sh -c id",
        "fd::17/app",
        "--upload-pack=touch /tmp/x",
        "-u",
        "https://",
        "https:///app",
        "https://example.org",
        "https://example.org/",
        "https://user:password@example.org/app",
        "https://token@example.org/app",
        "https://example.org@127.0.0.1/app",
        "https://example.org\\@127.0.0.1/app",
        "https://example.org:0/app",
        "https://example.org:65536/app",
        "https://example.org:a/app",
        "https://[::1/app",
        "https://example.org/app#main",
        "https://example.org/app?x=y",
        "https://example.org/app\n--config",
        "https://example.org/app%0aHost:x",
        "https://example.org/%00",
        "https://example.org/a b",
        "https://example.org/$(id)",
        "https://example.org/`id`",
        "https://example.org/';drop",
        'https://example.org/"',
        "https://exämple.org/app",
        "ssh://git:password@example.org/app",
        "ssh://-oProxyCommand=id/app",
        "ssh://-x@example.org/app",
        "git@example.org:-app",
        "-git@example.org:app",
        "git@example.org:",
        "git@-example.org:app",
        "C:\\app",
        "https://example.org/" + "a" * 10_000,
    ],
)
def test_what_is_no_address_of_a_repository(url: str) -> None:
    with pytest.raises(AddressError):
        repository_host(url, NOTHING)


@pytest.mark.parametrize(
    ("reference", "host"),
    [
        ("mariadb", None),
        ("mariadb:11", None),
        ("library/mariadb:11.4-noble", None),
        ("docker.io/library/mongo", "docker.io"),
        ("registry.example.org:5000/team/image_a__b--c:1.0@sha256:" + "a" * 64, "registry.example.org"),
        ("quay.io/a/b@sha256:" + "0" * 64, "quay.io"),
    ],
)
def test_images(reference: str, host: str | None) -> None:
    assert image_host(reference, NOTHING) == host


@pytest.mark.parametrize(
    "reference",
    [
        "",
        "MariaDB",
        "https://docker.io/mariadb",
        "-mariadb",
        "mariadb:",
        "mariadb:a b",
        "mariadb@sha256:abc",
        "mariadb@md5:" + "a" * 64,
        "a//b",
        "/a",
        "a/",
        "../a",
        "a/../b",
        "localhost/x",
        "localhost:5000/x",
        "127.0.0.1:5000/x",
        "169.254.169.254/latest",
        "registry:5000/x",
        "registry.example.org:99999/x",
        "registry.example.org:/x",
        "mariadb\n--privileged",
        "a" * 256,
        "a" * 10_000,
        "mariadb:" + "t" * 129,
        "file:///x",
        "$(id)",
    ],
)
def test_what_is_no_image(reference: str) -> None:
    with pytest.raises(AddressError):
        image_host(reference, NOTHING)


def test_what_an_installation_allows() -> None:
    assert repository_host("https://172.20.0.5/app", TESTBED) == "172.20.0.5"
    assert repository_host("https://git.nai/app", TESTBED) == "git.nai"
    assert image_host("git.nai:5000/app", TESTBED) == "git.nai"
    assert repository_host("https://[::1]/app", TESTBED) == "::1"
    check_addresses("git.nai", ["127.0.0.1"], TESTBED)
    check_addresses("git.example.org", ["172.20.0.5", "93.184.216.34"], TESTBED)
    everything = Allowed([ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0")])
    for metadata in ("169.254.169.254", "fe80::1", "fd00:ec2::254", "::ffff:169.254.169.254"):
        with pytest.raises(AddressError, match="metadata"):
            check_address(ipaddress.ip_address(metadata), everything)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "::1", "fe80::1%eth0", "::ffff:10.0.0.1"])
def test_names_that_lead_inside(address: str) -> None:
    with pytest.raises(AddressError, match=r"evil\.example\.org leads to"):
        check_addresses("evil.example.org", ["93.184.216.34", address], NOTHING)
    check_addresses("good.example.org", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"], NOTHING)


@given(st.text(max_size=80))
@example("https://[")
@example("git@[:x")
def test_any_text_is_an_address_or_an_error(text: str) -> None:
    for prefix in ("", "https://", "ssh://", "git@"):
        for look in (repository_host, image_host):
            with suppress(AddressError):
                look(prefix + text, NOTHING)


@given(st.ip_addresses())
@example(ipaddress.ip_address("::ffff:8.8.8.8"))
def test_only_the_public_internet_is_open(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    try:
        check_address(address, NOTHING)
    except AddressError:
        return
    inner = getattr(address, "ipv4_mapped", None) or address
    assert inner.is_global
    assert not any((inner.is_loopback, inner.is_link_local, inner.is_private, inner.is_unspecified))
