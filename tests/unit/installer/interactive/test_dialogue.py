"""What is asked, in which order, and which answers are taken."""

from collections.abc import Collection

import pytest

from nai.installer.interactive.dialogue import Dialogue
from nai.installer.interactive.question import Key, Part, Question
from nai.installer.inventory_files import Draft
from nai.installer.schema import schema
from tests.unit.installer.interactive.conftest import ANSWERS, MakeDialogue, answered, label


def question(dialogue: Dialogue, name: str) -> Question:
    return next(found for found in dialogue.questions if label(found) == name)


def test_every_variable_with_a_question_is_asked_or_has_one_choice(make_dialogue: MakeDialogue) -> None:
    dialogue = answered(make_dialogue(), ANSWERS)
    asked = {found.key.name for found in dialogue.questions}
    for variable in schema().variables.values():
        if variable.question and variable.applies_to("full", "epoxy") and len(variable.choices) != 1:
            assert variable.name in asked


def test_secrets_and_other_releases_variables_are_not_asked(make_dialogue: MakeDialogue) -> None:
    asked = {found.key.name for found in answered(make_dialogue(), ANSWERS).questions}
    assert not asked & set(schema().secrets)
    assert not [
        name for name in asked & schema().variables.keys() if not schema().variables[name].applies_to("full", "epoxy")
    ]


def test_the_answers_make_an_inventory(make_dialogue: MakeDialogue) -> None:
    draft = answered(make_dialogue(), ANSWERS).draft
    assert draft.groups == {
        "controller": ("controller1",),
        "compute": ("compute1", "compute2"),
        "operations": ("operations1",),
    }
    assert draft.hosts["compute2"] == {"nai_management_address": "10.1.0.22", "nai_tunnel_address": "10.2.0.22"}
    assert draft.hosts["operations1"] == {"nai_management_address": "10.1.0.30"}
    assert draft.connection["ansible_user"] == "nai"
    assert draft.variables["nai_management_cidr"] == "10.1.0.0/24"
    assert "nai_external_interface" not in draft.hosts["controller1"], "empty: left out"


def test_kilos_groups_are_asked_from_its_data(make_dialogue: MakeDialogue) -> None:
    dialogue = make_dialogue()
    assert dialogue.answer(question(dialogue, "nai_release"), "kilo") == []
    groups = [found.key.name for found in dialogue.questions if found.key.part is Part.GROUPS]
    assert groups == ["controller", "compute_docker", "compute_kvm"]
    assert question(dialogue, "ansible_user").default == "root"
    assert dialogue.answer(question(dialogue, "compute_docker"), "blade[01:20]") == []
    [problem] = dialogue.answer(question(dialogue, "compute_kvm"), "blade[20:25]")
    assert problem == "blade20 is in group compute_docker as well; keep it in one of the two"
    assert dialogue.answer(question(dialogue, "compute_kvm"), "blade[21:25]") == []
    addresses = question(dialogue, "compute_docker/nai_management_address")
    assert dialogue.answer(addresses, "192.0.2.[101:120]") == []
    assert dialogue.draft.hosts["blade20"] == {"nai_management_address": "192.0.2.120"}
    assert dialogue.draft.above("compute_docker") == ("packstack", "compute")


@pytest.mark.parametrize(
    ("name", "given", "problem"),
    [
        ("nai_management_cidr", "10.1.0.0", 'value "10.1.0.0" has no prefix length; write the network with its length'),
        ("nai_management_cidr", "", "an answer is needed; network over which the hosts are reached"),
        ("nai_region_name", "a b", 'value "a b" has the wrong form; write letters, digits, and _ . -'),
        (
            "nai_release",
            "epox",
            'value "epox" is not among the choices; write one of epoxy, kilo (did you mean epoxy?)',
        ),
        ("nai_dns_servers", "9.9.9.9, nine", "value ['9.9.9.9', 'nine'] [1] is not an IPv4 address"),
        (
            "openvswitch_datapath",
            "kernel",
            'value "kernel" is not among the choices; write one of auto, system, netdev',
        ),
        ("ansible_user", "", "an answer is needed; account on the hosts"),
        ("ansible_ssh_private_key_file", "id_rsa", 'value "id_rsa" is not an absolute path; write the path from / on'),
        ("ansible_ssh_common_args", "-o 'A=b", 'value "-o \'A=b" has an opening quote without a closing one; close it'),
        ("ansible_ssh_common_args", "-o StrictHostKeyChecking=no", "accepts any host key; name a file with the hosts'"),
        ("controller", "", "at least one host is needed; name the host that runs the APIs"),
        ("controller", "a b", "2 hosts are too many; the maximum is 1"),
        ("compute", "a a", "a is named twice; keep one of them"),
        ("compute", "a_b", 'value "a_b" is not a host name'),
        ("compute", "blade[9:1]", "has a range that is none (blade[9:1])"),
        ("compute", "blade[1:2", "has a range that is none (blade[1:2)"),
    ],
)
def test_a_wrong_answer_is_told_at_once(make_dialogue: MakeDialogue, name: str, given: str, problem: str) -> None:
    dialogue = make_dialogue()
    told = dialogue.answer(question(dialogue, name), given)
    assert problem in told[0]
    assert label(question(dialogue, name)) not in {key.name for key in dialogue.answers}


def test_addresses_have_to_be_as_many_as_hosts(make_dialogue: MakeDialogue) -> None:
    dialogue = answered(make_dialogue(), ANSWERS)
    addresses = question(dialogue, "compute/nai_management_address")
    [problem] = dialogue.answer(addresses, "10.1.0.[21:23]")
    assert problem == (
        'value "10.1.0.[21:23]" has 3 values for 2 hosts; write one for each of compute1, compute2; - for none'
    )
    [problem] = dialogue.answer(addresses, "10.1.0.21 10.1.0.256")
    assert problem.startswith('(host compute2) value "10.1.0.256" is not an IPv4 address')
    [problem] = dialogue.answer(addresses, "10.1.0.21 -")
    assert problem.startswith("(host compute2) an answer is needed")


def test_the_other_answers_are_looked_at(make_dialogue: MakeDialogue) -> None:
    seen: list[tuple[Draft, Collection[str]]] = []

    def check(draft: Draft, names: Collection[str]) -> list[str]:
        seen.append((draft, set(names)))
        return ["overlaps"] if "nai_tunnel_cidr" in names else []

    dialogue = make_dialogue(check=check)
    assert dialogue.answer(question(dialogue, "nai_management_cidr"), "10.1.0.0/24") == []
    assert dialogue.answer(question(dialogue, "nai_tunnel_cidr"), "10.1.0.0/24") == ["overlaps"]
    draft, names = seen[-1]
    assert draft.variables == {"nai_management_cidr": "10.1.0.0/24", "nai_tunnel_cidr": "10.1.0.0/24"}
    assert names == {"nai_management_cidr", "nai_tunnel_cidr"}
    assert draft.groups, "checks of networks need a host"
    assert dialogue.variables_answered == {"nai_management_cidr"}, "a refused answer is not kept"


def test_going_back_offers_the_answer(make_dialogue: MakeDialogue) -> None:
    dialogue = make_dialogue()
    dialogue.back()
    first = dialogue.next
    assert first is not None
    assert first.key.name == "nai_release"
    dialogue.answer(first, "kilo")
    dialogue.back()
    assert dialogue.next is not None
    assert dialogue.next.key == first.key
    assert dialogue.next.default == "kilo"


def test_another_host_is_asked_for_alone_with_the_old_addresses_offered(make_dialogue: MakeDialogue) -> None:
    dialogue = answered(make_dialogue(), ANSWERS)
    dialogue.ask_again([Key(Part.GROUPS, "compute")])
    assert dialogue.answer(question(dialogue, "compute"), "compute[1:3]") == []
    following = dialogue.next
    assert following is not None
    assert label(following) == "compute/nai_management_address"
    assert following.default == {"compute1": "10.1.0.21", "compute2": "10.1.0.22", "compute3": None}
    assert dialogue.answer(following, "10.1.0.[21:23]") == []
    assert dialogue.next is not None
    assert dialogue.next.default == {"compute1": "10.2.0.21", "compute2": "10.2.0.22", "compute3": "10.2.0.23"}


def test_a_host_of_several_groups_is_asked_about_once(make_dialogue: MakeDialogue) -> None:
    one = dict.fromkeys(("controller", "compute", "operations"), "cloud1")
    answers = {key: value for key, value in ANSWERS.items() if not key.startswith(("compute/", "operations/"))} | one
    dialogue = answered(make_dialogue(), answers)
    groups = {found.key.group for found in dialogue.questions if found.key.part is Part.HOST_VARIABLES}
    assert groups == {"controller"}
    assert set(dialogue.draft.hosts) == {"cloud1"}


def test_further_variables_are_named_and_then_asked(make_dialogue: MakeDialogue) -> None:
    dialogue = make_dialogue()
    further = question(dialogue, "")
    [problem] = dialogue.answer(further, "base_timezon")
    assert problem.startswith('"base_timezon" is none of them (did you mean base_timezone?)')
    assert dialogue.answer(further, "base_manage_hosts_file cloud_quota") == []
    assert dialogue.answer(question(dialogue, "base_manage_hosts_file"), "no") == []
    assert dialogue.answer(question(dialogue, "cloud_quota"), "{instances: 20") == [
        'value "{instances: 20" is not YAML; write it on one line, for instance {instances: 20} or [{name: a}]'
    ]
    assert dialogue.answer(question(dialogue, "cloud_quota"), "{instances: 20}") == []
    assert dialogue.draft.variables == {"base_manage_hosts_file": False, "cloud_quota": {"instances": 20}}


def test_a_typed_secret_is_checked_and_never_repeated(make_dialogue: MakeDialogue) -> None:
    dialogue = make_dialogue()
    chosen = next(found for found in dialogue.questions if found.key.part is Part.TYPED_SECRETS)
    assert set(chosen.choices) >= {"keystone_admin_password"}
    assert dialogue.answer(chosen, ["keystone_admin_password"]) == []
    secret = question(dialogue, "keystone_admin_password")
    [problem] = dialogue.answer(secret, "abc123xyz")
    assert problem == "is too short; the minimum is 12 characters"
    assert dialogue.answer(secret, "Correct-Horse-42") == []
    assert dialogue.secrets == {"keystone_admin_password": "Correct-Horse-42"}
    assert "Correct-Horse-42" not in repr(dialogue.draft)


def test_an_opened_inventory_offers_its_values_and_keeps_the_rest(make_dialogue: MakeDialogue) -> None:
    first = answered(make_dialogue(), ANSWERS).draft
    changed = Draft(
        first.groups,
        {**first.hosts, "compute1": {**first.hosts["compute1"], "rack": 3}},
        {**first.connection, "ansible_port": 2222},
        {**first.variables, "my_own": "x", "base_timezone": "Europe/Berlin"},
    )
    again = answered(make_dialogue(changed), {}).draft
    assert again == changed


def test_findings_lead_back_to_their_questions(make_dialogue: MakeDialogue) -> None:
    dialogue = answered(make_dialogue(), ANSWERS)
    keys = dialogue.about({"nai_tunnel_address", "group compute"})
    assert keys == [
        Key(Part.GROUPS, "compute"),
        Key(Part.HOST_VARIABLES, "nai_tunnel_address", "controller"),
        Key(Part.HOST_VARIABLES, "nai_tunnel_address", "compute"),
    ]
