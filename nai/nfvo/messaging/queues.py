"""Names of the queues that orchestrator and VNFMs meet at (wire contract 6.5).

All are declared durable and auto-delete: the Python SDK declares them so too, and a broker refuses other flags.
"""

from __future__ import annotations

REGISTER = "nfvo.vnfm.register"
UNREGISTER = "nfvo.vnfm.unregister"
ACTIONS = "vnfm.nfvo.actions"
"""VNFM to orchestrator, without an answer."""
ACTIONS_REPLY = "vnfm.nfvo.actions.reply"
"""VNFM to orchestrator, mostly with one; the Python SDK also posts its INSTANTIATE here."""
MANAGER_HANDLING = "nfvo.manager.handling"
"""Registration of the 5/6 generation."""
EVENT_REGISTER = "nfvo.event.register"
EVENT_UNREGISTER = "nfvo.event.unregister"


def of_type(vnfm_type: str) -> str:
    """Return the queue that a VNFM of the 3.x generation listens on."""
    return f"nfvo.{vnfm_type}.actions"
