"""Names, paths, addresses and variables that requests may bring."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nai.ems import validation
from nai.ems.errors import RequestError


@pytest.mark.parametrize("name", ["install.sh", "server_start-clt.sh", "scripts/a+b.py", "_x"])
def test_names_of_scripts(name: str) -> None:
    assert validation.script_name(name) == name


@pytest.mark.parametrize(
    "name", ["", "../x", "/etc/passwd", "a//b", "a/../b", "-x", ".hidden", "a b", "a;b", "$(x)", "a\n", None]
)
def test_what_is_no_name_of_a_script(name: object) -> None:
    with pytest.raises(RequestError):
        validation.script_name(name)


@pytest.mark.parametrize(
    ("path", "below"),
    [
        (None, ""),
        ("/opt/openbaton/scripts", ""),
        ("/opt/openbaton/scripts/", ""),
        ("/opt/openbaton/scripts/a/b", "a/b"),
    ],
)
def test_the_directory_of_scripts(path: str | None, below: str) -> None:
    assert validation.script_directory(path) == below


@pytest.mark.parametrize(
    "path", ["/etc", "/opt/openbaton/scripts/../x", "opt/openbaton/scripts", "/opt/openbaton/scripts/-x"]
)
def test_directories_outside(path: str) -> None:
    with pytest.raises(RequestError):
        validation.script_directory(path)


@pytest.mark.parametrize(
    "address",
    [
        "https://github.com/tub-nubomedia/cloud-repository-scripts.git",
        "ssh://git@example.org:2222/scripts.git",
        "git://127.0.0.1:9418/scripts",
        "https://[::1]:8443/x",
    ],
)
def test_git_addresses(address: str) -> None:
    assert validation.git_address(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc",
        "ext::sh -c id",
        "--upload-pack=/bin/sh",
        "ssh://-oProxyCommand=id/x",
        "ssh://-o@example.org/x",
        "https://user:secret@example.org/x",
        "https://user@example.org/x",
        "git@example.org:x",
        "http://example.org/x",
        "https://example.org/$(id)",
        "https://example.org/x y",
        "https://example.org:70000/x",
        "https:///x",
        "https://example.org",
        "https://example.org/x?y",
        None,
    ],
)
def test_what_is_not_cloned(address: object) -> None:
    if address == "https://example.org":
        with pytest.raises(RequestError):
            validation.git_address(address)
        return
    with pytest.raises(RequestError) as error:
        validation.git_address(address)
    assert "secret" not in str(error.value)


def test_reserved_variables_are_left_out_and_the_others_are_text() -> None:
    given_values = {"PORT": 27018, "EMPTY": None, "LD_PRELOAD": "x", "PATH": "x", "BASH_ENV": "x", "a_b": "$(id)"}
    assert validation.environment(given_values) == {"PORT": "27018", "EMPTY": "", "a_b": "$(id)"}


@pytest.mark.parametrize(
    "values", [{"a-b": "1"}, {"1a": "1"}, {"": "1"}, {"a": "\0"}, ["a"], {"a=b": "1"}, {"a\n": "1"}]
)
def test_what_is_no_environment(values: object) -> None:
    with pytest.raises(RequestError):
        validation.environment(values)


@settings(max_examples=50, deadline=None)
@given(st.text())
def test_no_name_leaves_the_directory(text: str) -> None:
    try:
        name = validation.script_name(text)
    except RequestError:
        return
    assert ".." not in name.split("/")
    assert not name.startswith(("/", "-"))
