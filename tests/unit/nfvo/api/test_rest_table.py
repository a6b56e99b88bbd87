"""Every verb that clients of the day know is there, and answers with the status that they check."""

import re
from pathlib import Path

import pytest

from nai.nfvo.bringing_up import Parts
from nai.nfvo.service import create_app
from nai.nfvo.settings import NfvoSettings
from tests.unit.nfvo.api.api_client import NoOrchestrator

TABLE = (Path(__file__).parent / "data" / "rest_table.txt").read_text().split("\n")
VERBS = [line for line in TABLE if line]

LATER = {
    # The table has 200 for it; the clients' library checks for 202.
    "GET /api/v1/ns-records/{id}/pnfrecords/{id_pnf} 202",
    # What of the interface came after 3.0.0.
    "DELETE /api/v1/vnfmanagers/{id} 204",
    "PUT /api/v1/users/changepwd/{username} 202",
    "POST /api/v1/ns-records/{id}/resume 204",
    "POST /api/v1/datacenters/multipledelete 204",
    "GET /api/v1/components/services 200",
    "POST /api/v1/components/services/create 201",
    "POST /api/v1/components/services/register 200",
    "POST /api/v1/components/services/multipledelete 204",
    "POST /admin/v1/vnfm-register 201",
    "POST /admin/v1/vnfm-unregister 204",
    "POST /admin/v1/vnfm-core-actions 200",
    "POST /admin/v1/vnfm-core-actions-reply 200",
    "POST /admin/v1/vnfm-core-grant 202",
    "POST /admin/v1/vnfm-core-allocate 202",
    "POST /admin/v1/vnfm-core-scale 202",
}

AMBIGUOUS = {
    # The original has two handlers of this path: one instantiates, the other resumes. Which of the two is meant is told
    # by the id, so one operation answers for both; it declares the status of the first.
    "POST /api/v1/ns-records/{id} 204",
    "GET /api/v1/ns-records/{id}/pnfrecords/{id_pnf} 200",
}


def shape(path: str) -> str:
    """Return a path in which it does not matter what its parameters are called."""
    return re.sub(r"\{[^}]*\}", "{}", path.rstrip("/"))


def declared() -> dict[tuple[str, str], set[str]]:
    settings = NfvoSettings.model_validate(
        {"database_url": "sqlite+aiosqlite://", "broker_url": "amqp://x", "admin_password": "irrelevant"}
    )
    description = create_app(settings, Parts(NoOrchestrator)).openapi()
    return {
        (method.upper(), shape(path)): set(operation["responses"])
        for path, operations in description["paths"].items()
        for method, operation in operations.items()
    }


DECLARED = declared()


@pytest.mark.parametrize("verb", sorted({*VERBS, *LATER} - AMBIGUOUS))
def test_a_verb_answers_as_its_clients_expect(verb: str) -> None:
    method, path, status = verb.split()
    assert status in DECLARED.get((method, shape(path)), {"no such operation"})


def test_all_of_the_original_is_looked_at() -> None:
    assert len(VERBS) == 147
