"""Errors of JSON-RPC and of Kurento, by the codes that clients look at."""

from __future__ import annotations

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602

INVALID_SESSION = 40007
NOT_ENOUGH_RESOURCES = 40009
TYPE_NOT_FOUND = 40100
OBJECT_NOT_FOUND = 40101
OPERATION_NOT_FOUND = 40105
EVENT_NOT_SUPPORTED = 40106
SDP_PARSE_ERROR = 40203

NAMES = {
    INVALID_SESSION: "INVALID_SESSION",
    NOT_ENOUGH_RESOURCES: "NOT_ENOUGH_RESOURCES",
    TYPE_NOT_FOUND: "MEDIA_OBJECT_TYPE_NOT_FOUND",
    OBJECT_NOT_FOUND: "MEDIA_OBJECT_NOT_FOUND",
    OPERATION_NOT_FOUND: "MEDIA_OBJECT_METHOD_NOT_FOUND",
    EVENT_NOT_SUPPORTED: "MEDIA_OBJECT_EVENT_NOT_SUPPORTED",
    SDP_PARSE_ERROR: "SDP_PARSE_ERROR",
}


class RpcError(Exception):
    """A request that is answered with an error.

    Attributes:
        code: Of the error.
        message: In words.
    """

    def __init__(self, code: int, message: str) -> None:
        """Keeps both."""
        super().__init__(message)
        self.code = code
        self.message = message

    def to_wire(self) -> dict[str, object]:
        """The error as JSON-RPC has it; Kurento's own carry their name as data."""
        error: dict[str, object] = {"code": self.code, "message": self.message}
        if self.code in NAMES:
            error["data"] = {"type": NAMES[self.code]}
        return error
