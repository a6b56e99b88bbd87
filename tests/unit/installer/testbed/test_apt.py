"""The machine's package sources: both formats of sources.list(5), and Debian's own among others'."""

import pytest

from nai.installer.testbed.apt import (
    Mirrors,
    Source,
    choose_mirrors,
    parse_deb822,
    parse_one_line,
    parse_options,
    settings_for_hosts,
)
from nai.installer.testbed.errors import TestbedError

DEB822 = """\
# the archive
Types: deb deb-src
URIs: http://mirror.example/debian/
Suites: bookworm
 bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
Enabled: no
URIs: http://off.example/debian
Suites: bookworm
Components: main

types: deb
# http://snapshot.example/
uris: http://mirror.example/debian-security
suites: bookworm-security
components: main

Types: deb-src
URIs: http://source.example/debian
Suites: bookworm
Components: main
"""


def test_deb822_gives_one_source_per_suite_and_leaves_out_disabled_and_source_archives() -> None:
    assert list(parse_deb822(DEB822)) == [
        Source("http://mirror.example/debian", "bookworm", ("main", "contrib")),
        Source("http://mirror.example/debian", "bookworm-updates", ("main", "contrib")),
        Source("http://mirror.example/debian-security", "bookworm-security", ("main",)),
    ]


def test_one_line_entries_may_have_options_and_comments() -> None:
    text = """
# deb http://commented.example/debian bookworm main
deb [arch=amd64 signed-by=/etc/apt/keyrings/a b.gpg] https://mirror.example/debian/ bookworm main non-free # why
deb-src https://mirror.example/debian bookworm main
deb http://flat.example/ ./
"""
    assert list(parse_one_line(text)) == [
        Source("https://mirror.example/debian", "bookworm", ("main", "non-free")),
        Source("http://flat.example", "./", ()),
    ]


def test_third_parties_and_other_schemes_are_not_debian() -> None:
    sources = [
        Source("https://docker.example/linux/debian", "bookworm", ("stable",)),
        Source("https://node.example", "nodistro", ("main",)),
        Source("cdrom:[Debian]", "bookworm", ("main",)),
        Source("http://mirror.example/debian-security", "bookworm-security", ("main",)),
        Source("http://mirror.example/debian", "bookworm", ("main",)),
    ]
    assert choose_mirrors(sources, "bookworm") == (
        "http://mirror.example/debian",
        "http://mirror.example/debian-security",
    )


def test_a_machine_without_a_security_archive_gives_none() -> None:
    assert choose_mirrors([Source("http://m.example/debian", "stable", ("main",))], "bookworm")[1] is None


def test_no_archive_is_an_error_that_says_where_to_add_one() -> None:
    with pytest.raises(TestbedError, match=r"suite bookworm .* /etc/apt/sources\.list"):
        choose_mirrors([Source("http://m.example/debian", "sid", ("main",))], "bookworm")


def test_options_of_apt_config() -> None:
    dump = 'APT "";\nAcquire::http::Proxy "http://proxy.example:3128";\nAcquire::Check-Date "false";\n'
    options = parse_options(dump)
    assert options["Acquire::http::Proxy"] == "http://proxy.example:3128"
    assert options["Acquire::Check-Date"] == "false"


def test_hosts_get_the_mirrors_for_their_own_release_and_the_machines_authorities() -> None:
    mirrors = Mirrors("http://m.example/debian", "http://m.example/security", (("Acquire::Check-Date", "false"),))
    files = settings_for_hosts(mirrors, "trixie", {"corp.crt": b"PEM"})
    hosts_sources = list(parse_deb822(files["etc/apt/sources.list.d/debian.sources"].decode()))
    assert [(source.uri, source.suite) for source in hosts_sources] == [
        ("http://m.example/debian", "trixie"),
        ("http://m.example/debian", "trixie-updates"),
        ("http://m.example/security", "trixie-security"),
    ]
    assert parse_options(files["etc/apt/apt.conf.d/91nai-machine"].decode()) == {"Acquire::Check-Date": "false"}
    assert files["usr/local/share/ca-certificates/corp.crt"] == b"PEM"
