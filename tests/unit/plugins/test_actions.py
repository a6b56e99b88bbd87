"""The control side of the modules: rendering, masking, secrets."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.errors import AnsibleActionFail
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible.template import Templar, trust_as_template
from ansible_collections.nubomedia.nai.plugins.action import config_files, migration, secrets, services
from ansible_collections.nubomedia.nai.plugins.modules.config_files import decode
from ansible_collections.nubomedia.nai.plugins.plugin_utils.masking import without_secrets

from nai.installer.schema import schema

SECRET = "a-secret-of-this-test"
VARIABLES = {"marker": "one", "nova_database_password": SECRET}


def action(kind: Any, arguments: dict[str, Any], answer: dict[str, Any], **task: Any) -> Any:
    """An action whose module answers as given; what it was asked is in `asked`."""
    loader = DataLoader()
    usual = {"args": arguments, "async_val": 0, "check_mode": False, "action": "x", "diff": True, "environment": []}
    plugin = kind(
        task=SimpleNamespace(**{**usual, **task}),
        connection=SimpleNamespace(_shell=SimpleNamespace(tmpdir=None)),
        play_context=SimpleNamespace(),
        loader=loader,
        templar=Templar(loader=loader, variables=VARIABLES),
        shared_loader_obj=None,
    )
    plugin.asked = []

    def execute(**options: Any) -> dict[str, Any]:
        plugin.asked.append(options)
        return answer

    plugin._execute_module = execute
    return plugin


class TestConfigFiles:
    """Rendering and masking."""

    def render(self, tmp_path: Path, text: str, **entry: Any) -> tuple[Any, dict[str, Any]]:
        """Runs the action for one template; returns it and its result."""
        (tmp_path / "templates").mkdir()
        (tmp_path / "templates" / "a.j2").write_text(text)
        (tmp_path / "templates" / "b.j2").write_text("included {{ marker }}\n")
        given = {"dest": "/etc/a", "template": "a.j2", "mode": "0640", **entry}
        plugin = action(config_files.ActionModule, {"files": [given]}, {"changed": True, "changed_files": ["/etc/a"]})
        plugin._find_needle = lambda folder, name: str(tmp_path / folder / name)
        return plugin, plugin.run(task_vars={**VARIABLES, "ansible_search_path": [str(tmp_path)]})

    def test_a_template_is_rendered_as_the_module_template_does(self, tmp_path: Path) -> None:
        text = "{% if marker %}\nx = {{ marker }}\n{% endif %}\n{{ template_destpath }}\n{% include 'b.j2' %}\n"
        plugin, result = self.render(tmp_path, text)
        arguments = plugin.asked[0]["module_args"]
        assert decode(arguments["rendered"]) == {"/etc/a": b"x = one\n/etc/a\nincluded one\n"}
        assert result["changed"]

    def test_an_empty_template(self, tmp_path: Path) -> None:
        plugin, _ = self.render(tmp_path, "{# nothing #}")
        assert decode(plugin.asked[0]["module_args"]["rendered"]) == {"/etc/a": b""}

    @pytest.mark.parametrize(
        ("content", "written"),
        [("a\n", b"a\n"), (None, b""), (12, b"12"), ({"a": [1]}, b'{\n  "a": [\n    1\n  ]\n}\n')],
    )
    def test_content_is_used_as_given(self, content: Any, written: bytes) -> None:
        plugin = action(config_files.ActionModule, {"files": [{"dest": "/a", "content": content}]}, {})
        plugin.run(task_vars={})
        arguments = plugin.asked[0]["module_args"]
        assert decode(arguments["rendered"]) == {"/a": written}
        assert "content" not in arguments["files"][0]

    @pytest.mark.parametrize(
        "entry", [{"dest": "/a"}, {"dest": "/a", "content": "x", "template": "x"}, {"content": "x"}]
    )
    def test_entries_that_are_incomplete(self, entry: dict[str, Any]) -> None:
        with pytest.raises(AnsibleActionFail, match=r"dest|either template or content"):
            action(config_files.ActionModule, {"files": [entry]}, {}).run(task_vars={})

    def test_a_secret_is_not_for_everyone(self) -> None:
        entry = {"dest": "/a", "content": f"x {SECRET}"}
        with pytest.raises(AnsibleActionFail, match="everyone could use it") as caught:
            action(config_files.ActionModule, {"files": [entry]}, {}).run(task_vars=VARIABLES)
        assert SECRET not in str(caught.value)
        action(config_files.ActionModule, {"files": [entry | {"mode": 0o600}]}, {}).run(task_vars=VARIABLES)
        action(config_files.ActionModule, {"files": [entry | {"mode": "rw"}]}, {}).run(task_vars=VARIABLES)

    def test_the_diff_is_masked(self) -> None:
        diff = [
            {"before": "x = 1\n", "after": f"x = {SECRET}\n"},
            {"before": "password = formerly1\n", "after": f"password = {SECRET}\n"},
        ]
        plugin = action(config_files.ActionModule, {}, {"changed": True, "diff": diff, "msg": SECRET})
        result = plugin.run(task_vars=VARIABLES)
        assert result["diff"][0]["after"] == "x = ********\n"
        assert result["diff"][1] == {"before": "", "after": "(only masked values differ)\n"}
        assert SECRET not in str(result)

    def test_an_error_of_a_template_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(Exception, match="not_set"):
            self.render(tmp_path, "{{ not_set }}")

    def test_a_secret_in_an_error_is_masked(self, tmp_path: Path) -> None:
        with pytest.raises(AnsibleActionFail) as caught:
            self.render(tmp_path, "{{ {}[nova_database_password].x }}")
        assert SECRET not in str(caught.value)
        assert "********" in str(caught.value)


@pytest.mark.parametrize("kind", [services.ActionModule, migration.ActionModule])
def test_errors_of_a_module_are_masked(kind: Any) -> None:
    said = f"said {SECRET} and another-secret"
    answer = {"failed": True, "msg": said, "invocation": {"module_args": {}}, "exception": SECRET}
    variables = {"some_password": trust_as_template("{{ 'another-secret' }}"), **VARIABLES}
    result = action(kind, {"name": "x"}, answer).run(task_vars=variables)
    assert result["msg"] == "said ******** and ********"
    assert "invocation" not in result
    assert SECRET not in str(result)


def test_ansible_s_own_keys_stay() -> None:
    assert without_secrets({"_ansible_parsed": True, "exception": ValueError("x")}, frozenset())["_ansible_parsed"]
    assert "exception" not in without_secrets({"exception": ValueError(SECRET)}, frozenset({SECRET}))


class TestSecrets:
    """The inventory's secrets."""

    def run(
        self, directory: Path | None, *, check: bool = False, password: bool = True, **options: Any
    ) -> dict[str, Any]:
        """Runs the action on an inventory."""
        plugin = action(secrets.ActionModule, {"names": ["a_password", "b_secret"], **options}, {}, check_mode=check)
        vault = VaultLib([("default", VaultSecret(b"password"))]) if password else VaultLib()
        plugin._loader._vault = vault
        result: dict[str, Any] = plugin.run(task_vars={"inventory_dir": str(directory)} if directory else {})
        return result

    def test_they_are_made_once(self, tmp_path: Path) -> None:
        file = tmp_path / "group_vars" / "all" / "secrets.yml"
        checked = self.run(tmp_path, check=True)
        assert checked["changed"]
        assert not file.exists()
        made = self.run(tmp_path)
        assert made["made"] == ["a_password", "b_secret"]
        assert file.read_bytes().startswith(b"$ANSIBLE_VAULT")
        again = self.run(tmp_path)
        assert again["changed"] is False
        assert again["secrets"] == made["secrets"]

    def test_they_are_hidden_and_not_in_the_fact_cache(self, tmp_path: Path) -> None:
        result = self.run(tmp_path)
        assert result["_ansible_no_log"]
        assert "ansible_facts" not in result

    def test_another_file(self, tmp_path: Path) -> None:
        self.run(None, path=str(tmp_path / "other.yml"))
        assert (tmp_path / "other.yml").exists()

    @pytest.mark.parametrize("release", ["epoxy", "kilo"])
    def test_without_names_those_of_the_release_are_made(self, tmp_path: Path, release: str) -> None:
        plugin = action(secrets.ActionModule, {}, {})
        plugin._loader._vault = VaultLib([("default", VaultSecret(b"password"))])
        made = plugin.run(task_vars={"inventory_dir": str(tmp_path), "nai_release": release})["made"]
        assert made == list(schema().secrets_for("full", release))
        assert ("placement_service_password" in made) == (release == "epoxy")

    def test_what_is_wrong_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(AnsibleActionFail, match="no vault password"):
            self.run(tmp_path, password=False)
        with pytest.raises(AnsibleActionFail, match="no directory"):
            self.run(None)
        file = tmp_path / "group_vars" / "all" / "secrets.yml"
        file.parent.mkdir(parents=True)
        file.write_text("a_password: plain\n")
        with pytest.raises(AnsibleActionFail, match="not encrypted"):
            self.run(tmp_path)
