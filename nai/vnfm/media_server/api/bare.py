"""Reading a bare request, and telling OpenAPI about it."""

from typing import Any, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

M = TypeVar("M", bound=BaseModel)


def read(model: type[M], body: bytes) -> M:
    """Reads a body of JSON.

    Raises:
        RequestValidationError: It is not what the model says.
    """
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        # Without the input: it is the caller's, and may be long.
        found = error.errors(include_url=False, include_input=False, include_context=False)
        raise RequestValidationError(found) from None


def json_body(model: type[BaseModel]) -> dict[str, Any]:
    """Returns OpenAPI's description of a body."""
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": model.model_json_schema()}}}}


def in_path(*names: str) -> dict[str, Any]:
    """Returns OpenAPI's description of the parameters in a path."""
    return {
        "parameters": [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]
    }
