"""The script of an instance's first start: no value can become a command."""

import subprocess
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from nai.catalogue import Configuration
from nai.vnfm.media_server.lifecycle.settings import InstanceSettings
from nai.vnfm.media_server.lifecycle.user_data import read_scripts, render, variables


def configured(**values: str) -> Configuration:
    keys = {"password": "mediaserver.turn-server.password", "activate": "mediaserver.turn-server.activate"}
    return Configuration.from_wire(
        {
            "name": "mediaserver",
            "configurationParameters": [{"confKey": keys[key], "value": value} for key, value in values.items()],
        }
    )


def output(script: str) -> str:
    return subprocess.run(["bash"], input=script, capture_output=True, text=True, check=True).stdout


def test_the_configuration_overrides_the_settings() -> None:
    plain = variables("ms-0", InstanceSettings(), None)
    assert plain["TURN_SERVER_ACTIVATE"] == "false"
    assert plain["STUN_SERVER_PORT"] == "3478"
    given_ = variables("ms-0", InstanceSettings(), configured(activate="true", password="secret"))
    assert (given_["TURN_SERVER_ACTIVATE"], given_["TURN_SERVER_PASSWORD"]) == ("true", "secret")
    other = Configuration.from_wire({"name": "other", "configurationParameters": []})
    assert variables("ms-0", InstanceSettings(), other) == plain


@given(value=st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=40))
@settings(max_examples=15, deadline=None)
def test_a_value_is_what_the_script_sees(value: str) -> None:
    values = variables("ms-0", InstanceSettings(), configured(password=value or "x"))
    script = render(values, ["printf '%s' \"$TURN_SERVER_PASSWORD\"\nexit 3", "true"])
    assert output(script) == (value or "x")


def test_an_exit_of_one_script_does_not_end_the_others() -> None:
    assert output(render({}, ["echo one; exit 1", "echo two"])) == "one\ntwo\n"


def test_own_scripts_come_first_then_the_operators_by_name(tmp_path: Path) -> None:
    (tmp_path / "b.sh").write_text("echo b")
    (tmp_path / "a.sh").write_text("echo a")
    (tmp_path / "readme.txt").write_text("no script")
    scripts = read_scripts(tmp_path)
    assert scripts[-2:] == ("echo a", "echo b")
    assert "WebRtcEndpoint.conf.ini" in scripts[0]
    assert read_scripts(tmp_path / "nowhere") == scripts[:-2]


def test_our_script_writes_kurentos_configuration(tmp_path: Path) -> None:
    """Run twice, as a first start that is repeated; `/etc` is the test's own."""
    (tmp_path / "kurento/modules/kurento").mkdir(parents=True)
    ini = tmp_path / "kurento/modules/kurento/WebRtcEndpoint.conf.ini"
    ini.write_text("networkInterfaces=eth0\n")
    values = variables("ms-0", InstanceSettings(), configured(activate="true", password="p'w"))
    script = render(values, [text.replace("/etc", str(tmp_path)) for text in read_scripts(tmp_path / "none")])
    for _ in range(2):
        output(script)
    assert ini.read_text() == "networkInterfaces=eth0\nturnURL=username:p'w@localhost:3487\n"
    assert (tmp_path / "nai/media-server.env").read_text() == "HOST_NAME=ms-0\nMONITORING_URL=\n"
