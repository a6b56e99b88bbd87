"""How a service is held to a description of its interface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from schemathesis import Case
    from schemathesis.specs.openapi.schemas import OpenApiSchema
    from starlette.types import ASGIApp, Receive, Scope, Send

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
"""No 5xx, no status, type or document that the description does not declare."""

FEW = settings(
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
"""Few requests for each operation, the same ones each time."""


class Describing:
    """An application, with another description of it in front: what clients of the day knew."""

    def __init__(self, app: ASGIApp, description: dict[str, Any]) -> None:
        """Put the description at /description.json."""
        self._app = app
        self._description = description

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        if scope["type"] == "http" and scope["path"] == "/description.json":
            await JSONResponse(self._description)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def labels(description: dict[str, Any]) -> list[str]:
    """The operations of a description, as `hold` names them: `GET /vnfr`."""
    return [f"{method.upper()} {path}" for path, methods in description["paths"].items() for method in methods]


def hold(
    schema: OpenApiSchema,
    label: str,
    known: Mapping[str, Sequence[str]],
    headers: dict[str, str] | None = None,
    examples: int = 12,
) -> None:
    """Send generated requests of one operation and check the answers.

    Args:
        schema: The description, loaded from the application.
        label: The operation.
        known: By name of a path parameter, values that exist: three of four requests name one.
        headers: Sent as well.
        examples: How many requests at most.
    """
    operation = schema.find_operation_by_label(label)
    assert operation is not None, label

    @settings(FEW, max_examples=examples, suppress_health_check=list(HealthCheck))
    @given(operation.as_strategy())
    def send(case: Case[Any]) -> None:
        _name_what_exists(case, known)
        case.validate_response(case.call(headers=headers), checks=CHECKS)

    send()


def _name_what_exists(case: Case[Any], known: Mapping[str, Sequence[str]]) -> None:
    for name, value in case.path_parameters.items():
        choices = known.get(name, ())
        pick = sum(str(value).encode()) % (len(choices) * 4 // 3 + 1)
        if pick < len(choices):
            case.path_parameters[name] = choices[pick]
