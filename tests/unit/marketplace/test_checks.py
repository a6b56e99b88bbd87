"""What a shared application has to be like."""

from __future__ import annotations

from typing import Any

import pytest

from nai.catalogue.applications import CreateApplication, MarketplaceApplication
from nai.marketplace.checks import accepted, problems
from nai.marketplace.samples import samples
from nai.paas.applications import checks as paas_checks
from tests.support.marketplace import DOCUMENT


def wrong(**changes: Any) -> set[str]:
    return set(problems(MarketplaceApplication.from_wire(DOCUMENT | changes)))


@pytest.mark.parametrize("name", sorted(samples()))
def test_samples_are_fine_here_and_at_the_paas_manager(name: str) -> None:
    sample = samples()[name]
    assert not problems(sample)
    assert not paas_checks.problems(CreateApplication.from_wire(accepted(sample).to_wire()), paas_checks.Rules())


def test_what_clients_of_the_day_send_is_fine() -> None:
    assert not wrong()


@pytest.mark.parametrize("field", ["description", "provider", "gitURL", "name", "shared", "flavor"])
def test_needed_fields(field: str) -> None:
    assert wrong(**{field: None}) == {field}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "a.b"),
        ("name", "x" * 64),
        ("provider", "x" * 256),
        ("provider", "two\nlines"),
        ("description", "x" * 10_001),
        ("gitURL", "/etc/passwd"),
        ("gitURL", "--upload-pack=x"),
        ("gitURL", "https://user:password@git.example.org/x.git"),
        ("gitURL", "https://git.example.org/" + "x" * 2048),
        ("requirements", {str(number): "" for number in range(51)}),
        ("replicasNumber", 0),
        ("numberOfInstances", 0),
        ("scaleOutLimit", -1),
        ("scaleOutThreshold", -1),
        ("turnServerUrl", "two\nlines"),
        ("ports", [{"port": 1}] * 21),
        ("services", [{"name": "db", "dockerURL": "x"}] * 21),
        ("envVars", [{"name": "A"}] * 101),
        ("envVars", [{"name": "A", "value": "x" * 32_000}] * 5),
    ],
)
def test_wrong_values(field: str, value: Any) -> None:
    assert wrong(**{field: value}) == {field}


@pytest.mark.parametrize(
    ("field", "value", "place"),
    [
        ("requirements", {"": "x"}, "requirements."),
        ("ports", [{}], "ports.0.port"),
        ("ports", [{"port": 1, "targetPort": 0}], "ports.0.targetPort"),
        ("ports", [{"port": 1, "protocol": "SCTP"}], "ports.0.protocol"),
        ("services", [{"name": "db", "dockerURL": "-x"}], "services.0.dockerURL"),
        ("services", [{"name": "", "dockerURL": "x"}], "services.0.name"),
        ("services", [{"name": "a", "dockerURL": "x", "replicasNumber": 0}], "services.0.replicasNumber"),
        ("envVars", [{"name": "A", "value": "\0"}], "envVars.0.value"),
    ],
)
def test_wrong_parts(field: str, value: Any, place: str) -> None:
    assert wrong(**{field: value}) == {place}


@pytest.mark.parametrize(
    "url", ["https://git.example.org/x.git", "http://git@h/x", "ssh://git@h:22/x", "git@git.example.org:team/x.git"]
)
def test_addresses(url: str) -> None:
    assert not wrong(gitURL=url)


def test_nothing_is_kept_that_is_not_of_the_format() -> None:
    document = DOCUMENT | {"id": "x", "sharedBy": "y", "downloads": 3, "hb_version": 1, "junk": "z"}
    document["services"] = [{"id": "1", "name": "db", "dockerURL": "x", "status": "RUNNING", "junk": 1, "route": "r"}]
    kept = accepted(MarketplaceApplication.from_wire(document)).to_wire()
    assert not {"id", "sharedBy", "downloads", "hb_version", "junk"} & set(kept)
    assert {name for name, value in kept["services"][0].items() if value} == {
        "name",
        "dockerURL",
        "replicasNumber",
        "route",
    }
