"""Files of settings."""

from pathlib import Path

import pytest

from nai.core.settings import ServiceSettings, SettingsError, load_settings

GOOD = """
listen_port: 8080
database_url: mysql+asyncmy://nai:geheim@db/nai
broker_url: amqp://nai:geheim@broker/
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "nfvo.yml"
    path.write_text(text)
    return path


def test_settings_are_read_and_hide_their_secrets(tmp_path: Path) -> None:
    settings = load_settings(ServiceSettings, written(tmp_path, GOOD))
    assert settings.listen_port == 8080
    assert settings.database_url.get_secret_value() == "mysql+asyncmy://nai:geheim@db/nai"
    assert "geheim" not in repr(settings)


def test_all_errors_are_named_at_once_without_values(tmp_path: Path) -> None:
    path = written(tmp_path, "listen_port: geheim\nlog_level: LOUD\ncolour: red\nbroker_url: x\n")
    with pytest.raises(SettingsError) as raised:
        load_settings(ServiceSettings, path)
    text = str(raised.value)
    for name in ("listen_port", "log_level", "colour", "database_url"):
        assert f"{path}: {name}: " in text
    assert "broker_url" not in text
    assert "geheim" not in text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- 1\n", "a mapping of settings is expected"),
        ("broker_url: 'geheim\nx", "not valid YAML"),
        ("", "listen_port"),
    ],
)
def test_what_is_no_mapping(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said) as raised:
        load_settings(ServiceSettings, written(tmp_path, text))
    assert "geheim" not in str(raised.value)


def test_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No such file"):
        load_settings(ServiceSettings, tmp_path / "none.yml")
    path = tmp_path / "bytes.yml"
    path.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(SettingsError, match="UTF-8"):
        load_settings(ServiceSettings, path)
