"""A VNFM of somebody else's, on the Python SDK as PyPI has it: runs with that SDK alone on its path.

    python third_party_vnfm.py CONFIG PORT BEHAVIOUR

BEHAVIOUR is a JSON file read at each action: {"errors": {"START": "text"}}. The SDK knows one port of the broker only;
its client's default is changed to PORT, and one name that Python 3.10 has moved is put back. Nothing else is touched.
"""

import collections
import collections.abc
import json
import sys
from pathlib import Path
from typing import Any

vars(collections)["Callable"] = collections.abc.Callable

import pika  # noqa: E402
from openbaton.vnfm import AbstractVnfm, start_vnfm_instances  # type: ignore[import-not-found]  # noqa: E402

CONFIG, PORT, BEHAVIOUR = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
pika.connection.Parameters.DEFAULT_PORT = PORT


def misbehave(action: str) -> None:
    """Fail if the test wants this action to."""
    text = json.loads(BEHAVIOUR.read_text()).get("errors", {}).get(action)
    if text:
        raise ValueError(text)


class ThirdParty(AbstractVnfm):  # type: ignore[misc]
    """Does nothing to its functions but answer."""

    def instantiate(self, vnf_record: Any, scripts: Any, vim_instances: Any) -> Any:
        misbehave("INSTANTIATE")
        vnf_record["provides"] = {"configurationParameters": [{"confKey": "port", "value": "8888"}]}
        return vnf_record

    def modify(self, vnf_record: Any, dependency: Any) -> Any:
        misbehave("MODIFY")
        assert dependency["parameters"]
        return vnf_record

    def start_vnfr(self, vnf_record: Any, vnfc_instance: Any = None) -> Any:
        misbehave("START")
        return vnf_record

    def stop_vnfr(self, vnf_record: Any, vnfc_instance: Any = None) -> Any:
        return vnf_record

    def scale_out(self, vnf_record: Any, vnfc_instance: Any, scripts: Any, dependency: Any) -> Any:
        misbehave("SCALE_OUT")
        assert vnfc_instance["hostname"]
        return vnf_record

    def scale_in(self, vnf_record: Any, vnfc_instance: Any) -> Any:
        return vnf_record

    def heal(self, vnf_record: Any, vnfc_instance: Any, cause: Any) -> Any:
        misbehave("HEAL")
        return vnf_record

    def terminate(self, vnf_record: Any) -> Any:
        misbehave("RELEASE_RESOURCES")
        return vnf_record

    def start_vnfci(self, vnf_record: Any, vnfc_instance: Any) -> Any:
        return vnf_record

    def stop_vnfci(self, vnf_record: Any, vnfc_instance: Any) -> Any:
        return vnf_record

    def _unused(self, *_arguments: Any, **_more: Any) -> Any:
        return None

    query = check_instantiation_feasibility = update_software = upgrade_software = notify_change = _unused
    handle_error = resume = get_resumed_action = execute_script = configure = _unused


if __name__ == "__main__":
    start_vnfm_instances(ThirdParty, CONFIG, 1)
