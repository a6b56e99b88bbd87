"""Documents that real clients send go in and come out unchanged."""

import json
from importlib.resources import files
from pathlib import Path

import pytest

from nai.catalogue import Event, NetworkServiceDescriptor, ScalingActionType, samples

SAMPLES = files(samples)
ANNEX_1 = Path(__file__).parent / "data" / "seed_annex_1.json"


@pytest.mark.parametrize("name", ["media_plane_nsd.json", "paas_application_nsd.json"])
def test_samples_are_unchanged(name: str) -> None:
    document = json.loads(SAMPLES.joinpath(name).read_text())
    assert NetworkServiceDescriptor.from_wire(document).to_wire() == document


def test_annex_1_is_unchanged_and_is_the_shipped_sample() -> None:
    document = json.loads(ANNEX_1.read_text())
    assert NetworkServiceDescriptor.from_wire(document).to_wire() == document
    assert samples.media_plane_nsd().to_wire() == document


def test_annex_1_reads_by_python_names() -> None:
    media_server, mongodb = samples.media_plane_nsd().vnfd
    unit = media_server.vdu[0]
    assert unit.vim_names == ["nubomedia-vim"]
    assert unit.vnfc[0].connection_point[0].floating_ip == "random"
    assert media_server.auto_scale_policy[1].actions[0].type is ScalingActionType.SCALE_IN
    assert mongodb.configurations is not None
    assert mongodb.configurations.as_dict() == {"PORT": "27018", "SMALLFILES": "true"}
    assert mongodb.lifecycle_event[0].event is Event.INSTANTIATE


def test_the_paas_descriptor_has_a_list_of_infrastructures() -> None:
    assert samples.paas_application_nsd().vnfd[0].vdu[0].vim_names == ["nubomedia-vim"]
