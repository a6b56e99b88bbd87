"""The class of a message is told by its action and direction."""

from typing import Any

import pytest

from nai.catalogue import (
    Action,
    JavaException,
    MessageError,
    OrVnfmErrorMessage,
    OrVnfmGenericMessage,
    OrVnfmGrantLifecycleOperationMessage,
    OrVnfmHealVNFRequestMessage,
    OrVnfmInstantiateMessage,
    OrVnfmScalingMessage,
    OrVnfmStartStopMessage,
    OrVnfmUpdateMessage,
    VnfmOrAllocateResourcesMessage,
    VnfmOrErrorMessage,
    VnfmOrGenericMessage,
    VnfmOrGrantLifecycleOperationMessage,
    VnfmOrHealedMessage,
    VnfmOrInstantiateMessage,
    VnfmOrScaledMessage,
    VnfmOrScalingMessage,
    VnfmOrStartStopMessage,
    parse_or_vnfm,
    parse_vnfm_or,
)


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("INSTANTIATE", OrVnfmInstantiateMessage),
        ("MODIFY", OrVnfmGenericMessage),
        ("RELEASE_RESOURCES", OrVnfmGenericMessage),
        ("ALLOCATE_RESOURCES", OrVnfmGenericMessage),
        ("GRANT_OPERATION", OrVnfmGrantLifecycleOperationMessage),
        ("ERROR", OrVnfmErrorMessage),
        ("START", OrVnfmStartStopMessage),
        ("STOP", OrVnfmStartStopMessage),
        ("SCALE_OUT", OrVnfmScalingMessage),
        ("SCALE_IN", OrVnfmScalingMessage),
        ("HEAL", OrVnfmHealVNFRequestMessage),
        ("UPDATE", OrVnfmUpdateMessage),
    ],
)
def test_messages_to_managers(action: str, expected: type) -> None:
    message = parse_or_vnfm({"action": action})
    assert type(message) is expected
    assert message.to_wire() == {"action": action}


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("INSTANTIATE", VnfmOrInstantiateMessage),
        ("MODIFY", VnfmOrGenericMessage),
        ("UPDATEVNFR", VnfmOrGenericMessage),
        ("RELEASE_RESOURCES", VnfmOrGenericMessage),
        ("GRANT_OPERATION", VnfmOrGrantLifecycleOperationMessage),
        ("ALLOCATE_RESOURCES", VnfmOrAllocateResourcesMessage),
        ("ERROR", VnfmOrErrorMessage),
        ("SCALING", VnfmOrScalingMessage),
        ("SCALED", VnfmOrScaledMessage),
        ("HEAL", VnfmOrHealedMessage),
        ("START", VnfmOrStartStopMessage),
        ("STOP", VnfmOrStartStopMessage),
    ],
)
def test_messages_from_managers(action: str, expected: type) -> None:
    message = parse_vnfm_or({"action": action, "hint": 1})
    assert type(message) is expected
    assert message.to_wire() == {"action": action, "hint": 1}


@pytest.mark.parametrize("document", [{}, {"action": None}, {"action": "DANCE"}])
def test_a_message_needs_a_known_action(document: dict[str, Any]) -> None:
    with pytest.raises(MessageError, match="needs an action"):
        parse_vnfm_or(document)
    with pytest.raises(MessageError, match="needs an action"):
        parse_or_vnfm(document)


def test_answers_without_an_action() -> None:
    answer = parse_or_vnfm({"vnfr": {"name": "x"}})
    assert isinstance(answer, OrVnfmGenericMessage)
    assert answer.vnfr is not None
    assert answer.vnfr.name == "x"
    grant = parse_or_vnfm({"grantAllowed": True, "vduVim": {"u": {"name": "vim"}}})
    assert isinstance(grant, OrVnfmGrantLifecycleOperationMessage)
    assert grant.grant_allowed
    assert grant.vdu_vim["u"].name == "vim"


def test_the_answer_to_scaling_is_generic() -> None:
    assert isinstance(parse_or_vnfm({"action": "SCALING", "vnfr": {}}), OrVnfmGenericMessage)


def test_an_error_tells_its_causes() -> None:
    document = {
        "action": "ERROR",
        "nsrId": "n",
        "exception": {"detailMessage": "script failed", "cause": {"detailMessage": "exit 3", "stackTrace": []}},
    }
    message = parse_vnfm_or(document)
    assert isinstance(message, VnfmOrErrorMessage)
    assert message.exception is not None
    assert message.exception.text == "script failed: exit 3"
    assert message.to_wire() == document


def test_an_error_may_be_bare_text() -> None:
    assert JavaException.model_validate("no ems for hostame: x").text == "no ems for hostame: x"


def test_scale_out_in_full() -> None:
    document = {
        "action": "SCALE_OUT",
        "component": {"connection_point": [{"virtual_link_reference": "net", "floatingIp": "random"}]},
        "virtualNetworkFunctionRecord": {
            "name": "ms",
            "configurations": {"configurationParameters": []},
            "requires": {"configurationParameters": []},
            "provides": {"configurationParameters": []},
        },
        "dependency": {"target": "ms", "parameters": {"mongodb": {"parameters": {"ip": "10.0.0.4"}}}},
        "mode": "standby",
        "extension": {"brokerIp": "10.0.0.1"},
    }
    message = parse_or_vnfm(document)
    assert message.action is Action.SCALE_OUT
    assert message.to_wire() == document
