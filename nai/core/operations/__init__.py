"""Operation occurrences: every long operation is a row in the database before anything of it happens.

States and verbs are those of ETSI SOL003 (clause 5.4.13) and of Tacker's v2 API: STARTING, PROCESSING, COMPLETED,
FAILED_TEMP (may be retried, rolled back or failed), FAILED, ROLLING_BACK, ROLLED_BACK.
"""

from nai.core.operations.context import StepContext
from nai.core.operations.model import Operation, OperationState, Step
from nai.core.operations.runner import Operations

PACKAGE = "nai.core.operations"
"""Where the revisions of its table are, for `nai.core.migrations.upgrade`."""

__all__ = ["PACKAGE", "Operation", "OperationState", "Operations", "Step", "StepContext"]
