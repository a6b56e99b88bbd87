"""The pure parts of a verification: limits, leftovers, console, report, waiting."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nai.installer.verification import inside, leftovers, limits
from nai.installer.verification.cloud import wait_for
from nai.installer.verification.errors import CheckFailedError
from nai.installer.verification.guest import KeyPair, host_keys_on
from nai.installer.verification.image.build import recipe_hash
from nai.installer.verification.instances import Instance
from nai.installer.verification.report import Report

SERVER = "7b0c0ac2-1111-4222-8333-444455556666"
PORT = "0d3ab2d7-5d0a-4d4c-8d2b-1f4d4c0c7b11"
MEBIBYTE = 1024 * 1024


def container(**changes: Any) -> dict[str, Any]:
    """The container of an instance, as compute_host_state shows it."""
    return {
        "instance": SERVER,
        "name": f"nova-{SERVER}",
        "running": True,
        "memory_limit_bytes": 512 * MEBIBYTE,
        "cpu_limit": 1.0,
        **changes,
    }


@pytest.mark.parametrize(
    ("containers", "words"),
    [
        ([container()], None),
        ([], "0 containers with label nai.instance="),
        ([container(), container(name="twin")], "2 containers"),
        ([container(running=False)], "is not running"),
        ([container(memory_limit_bytes=1024 * MEBIBYTE)], "may use 1024 MiB of memory, flavor: 512 MiB"),
        ([container(memory_limit_bytes=None)], "may use any amount of memory"),
        ([container(cpu_limit=2.0)], "may use 2.0 processors, flavor: 1"),
        ([container(cpu_limit=None)], "may use all processors, flavor: 1"),
    ],
)
def test_limits(containers: list[dict[str, Any]], words: str | None) -> None:
    found = limits.differences({SERVER: "c1"}, {"c1": {"containers": containers}}, 512, 1)
    assert words in found[0] if words else found == [], found


def test_leftovers_are_told_from_what_others_made() -> None:
    before = {"c1": {"links": ["lo", "tapold"], "containers": []}}
    after: dict[str, dict[str, Any]] = {
        "c1": {
            "links": ["lo", f"tap{PORT[:11]}", "tapffffffff-ff"],
            "containers": [container()],
            "namespaces": [],
        },
        "n1": {"namespaces": ["qrouter-somebody-elses"]},
    }
    ours, foreign = leftovers.added(before, after, [SERVER, PORT])
    assert ours == [f"c1: container nova-{SERVER} of {SERVER}", f"c1: link tap{PORT[:11]}"]
    assert foreign == ["c1: link tapffffffff-ff", "n1: network namespace qrouter-somebody-elses"]


def test_the_last_host_keys_of_a_console_count() -> None:
    frame = "-----BEGIN SSH HOST KEY KEYS-----\r\n{}\r\n-----END SSH HOST KEY KEYS-----\r\n"
    console = "boot\n" + frame.format("ssh-ed25519 AAAAold root@a") + frame.format("ssh-ed25519 AAAAnew")
    assert host_keys_on(console) == ["ssh-ed25519 AAAAnew"]
    assert host_keys_on("nothing of the kind") == []


def test_a_key_pair_is_new_each_time() -> None:
    first, second = KeyPair.generate(), KeyPair.generate()
    assert first.public.startswith("ssh-ed25519 ")
    assert first.public != second.public
    assert first.private.get_base64() == first.public.split()[1]


class FakeShell:
    """Answers commands by their first words."""

    name = "guest"

    def __init__(self, **answers: str) -> None:
        """Takes answers by program."""
        self.answers = answers
        self.asked: list[tuple[str, ...]] = []

    def run(self, *argv: str, timeout_seconds: float = 20) -> str:
        """Answers."""
        assert timeout_seconds > 0
        self.asked.append(argv)
        return self.answers[" ".join(argv[:4]) if argv[0] == "ip" else argv[0]]


INSTANCE = Instance(SERVER, "nai-verify-1", "c1", 0.0, fixed_ip="10.0.0.5", port=PORT)
GOOD = {
    "hostname": "nai-verify-1",
    "ip -o -4 address": "2: eth0    inet 10.0.0.5/24 scope global eth0",
    "ip -o link show": "2: eth0@if9: <UP> mtu 1450 qdisc noqueue",
    "ip route show default": "default via 10.0.0.1 dev eth0",
    "cat": "nameserver 10.0.0.2",
}


def test_a_good_instance() -> None:
    inside.check_identity(FakeShell(**GOOD), INSTANCE, 1450)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"hostname": "localhost"}, "host name nai-verify-1"),
        ({"ip -o -4 address": "2: eth0 inet 10.0.0.6/24"}, "address 10.0.0.5"),
        ({"ip -o link show": "2: eth0: mtu 1500 "}, "MTU 1450"),
        ({"ip route show default": ""}, "a default route"),
        ({"cat": ""}, "a name server"),
    ],
)
def test_what_is_wrong_inside_is_named(change: dict[str, str], words: str) -> None:
    with pytest.raises(CheckFailedError) as error:
        inside.check_identity(FakeShell(**{**GOOD, **change}), INSTANCE, 1450)
    assert words in error.value.expected


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (f'HTTP/1.0 200 OK\n\n{{"uuid": "{SERVER}", "public_keys": {{"k": "ssh-ed25519 AAAA x"}}}}', None),
        ("HTTP/1.0 500 Oops\n\n", "500"),
        ("", "no answer"),
        ("HTTP/1.0 200 OK\n\n<html>", "no JSON"),
        ('HTTP/1.0 200 OK\n\n{"uuid": "other"}', "uuid other"),
        (f'HTTP/1.0 200 OK\n\n{{"uuid": "{SERVER}"}}', "no key"),
    ],
)
def test_metadata(answer: str, words: str | None) -> None:
    if words is None:
        inside.check_metadata(FakeShell(bash=answer), INSTANCE, "ssh-ed25519 AAAA")
        return
    with pytest.raises(CheckFailedError) as error:
        inside.check_metadata(FakeShell(bash=answer), INSTANCE, "ssh-ed25519 AAAA")
    assert words in error.value.seen


def test_ping_measures_and_fills_the_mtu() -> None:
    shell = FakeShell(ping="rtt min/avg/max/mdev = 0.410/1.234/2.000/0.100 ms")
    assert inside.ping(shell, "10.0.0.6", 1450) == 1.234
    assert shell.asked[1][-3:] == ("-s", "1422", "10.0.0.6")
    with pytest.raises(CheckFailedError):
        inside.round_trip_ms("nothing")


def test_a_report_keeps_a_failed_step_and_is_read_back(tmp_path: Path) -> None:
    shown: list[str] = []
    report = Report.begin(tmp_path / "reports", "abc")
    report.show = shown.append
    with report.step("first") as step:
        step.seen = "well"
    with pytest.raises(CheckFailedError), report.step("second"):
        raise CheckFailedError("this", "that")
    again = Report.load(report.file)
    assert [step.passed for step in again.steps] == [True, False]
    assert (again.steps[1].expected, again.steps[1].seen) == ("this", "that")
    assert not again.passed
    assert "FAILED" in shown[1]
    assert json.loads(report.file.read_text())["passed"] is False


def test_a_report_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CheckFailedError, match="cannot be read"):
        Report.load(tmp_path / "none.json")


def test_waiting_without_a_clock() -> None:
    now = [0.0]

    def pause(seconds: float) -> None:
        now[0] += seconds

    answers = iter([None, None, "yes"])
    assert wait_for(lambda: next(answers), "it", lambda: "no", 10, 1, lambda: now[0], pause) == "yes"
    with pytest.raises(CheckFailedError, match="expected it within 10 s; seen: still no"):
        wait_for(lambda: None, "it", lambda: "still no", 10, 1, lambda: now[0], pause)


def test_a_recipe_has_a_stable_hash_of_its_own() -> None:
    assert recipe_hash("bookworm") == recipe_hash("bookworm")
    assert recipe_hash("bookworm") != recipe_hash("trixie")
