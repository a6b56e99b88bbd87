"""Which engine serves which settings."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from nai.paas.engines.docker.engine import DockerEngine
from nai.paas.engines.errors import EngineError
from nai.paas.engines.registry import ENGINES, open_engine
from nai.paas.engines.settings import EngineSettings

SETTINGS: TypeAdapter[EngineSettings] = TypeAdapter(EngineSettings)


async def test_docker(tmp_path: Path) -> None:
    engine = open_engine(SETTINGS.validate_python({"kind": "docker", "state_directory": tmp_path}))
    assert isinstance(engine, DockerEngine)
    await engine.close()


def test_without_an_event_loop_nothing_begins(tmp_path: Path) -> None:
    open_engine(SETTINGS.validate_python({"kind": "docker", "state_directory": tmp_path / "none"}))
    assert not (tmp_path / "none").exists()


def test_a_library_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ENGINES, "docker", "nai.paas.engines.nowhere:Engine")
    with pytest.raises(EngineError, match="nowhere is not installed"):
        open_engine(SETTINGS.validate_python({"kind": "docker"}))
    assert "nai.paas.engines.nowhere" not in sys.modules


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "lxc"},
        {"kind": "docker", "unknown": 1},
        {"kind": "docker", "router": {"reload": []}},
        {"kind": "docker", "router": {"address": "a b"}},
        {"kind": "docker", "registry": "https://registry"},
    ],
)
def test_settings_that_are_wrong(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        SETTINGS.validate_python(wrong)
