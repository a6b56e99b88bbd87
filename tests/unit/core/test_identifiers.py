"""Identifiers and threads."""

import threading
import uuid

from nai.core.identifiers import deterministic_id, new_id
from nai.core.threads import in_thread


def test_new_identifiers_differ() -> None:
    assert len({new_id() for _ in range(50)}) == 50
    assert uuid.UUID(new_id()).version == 4


def test_deterministic_identifiers() -> None:
    assert deterministic_id("a", "b") == deterministic_id("a", "b")
    assert len({deterministic_id("a", "b"), deterministic_id("a b"), deterministic_id("ab")}) == 3
    # It is stored: another value would make everything again.
    assert deterministic_id("nsr", "vnfr") == "6ef360cd-1bf2-53cf-b3f0-b7dbd49361a1"


async def test_blocking_work_runs_elsewhere() -> None:
    assert await in_thread(threading.get_ident) != threading.get_ident()
