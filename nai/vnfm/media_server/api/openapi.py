"""The OpenAPI document, made true: FastAPI announces 422 for what cannot be read, this service answers 400."""

from typing import Any

from fastapi import FastAPI

from nai.vnfm.media_server.api.answers import ErrorDocument, declared

_UNUSED = ("HTTPValidationError", "ValidationError")


def declare_what_is_answered(app: FastAPI) -> None:
    """Changes what the application says about itself: 400 wherever a body or a query is read, 422 nowhere."""
    made = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = made()
            for operations in document["paths"].values():
                for operation in operations.values():
                    _correct(operation)
            schemas = document.get("components", {}).get("schemas", {})
            for name in _UNUSED:
                schemas.pop(name, None)
            schemas.setdefault(ErrorDocument.__name__, ErrorDocument.model_json_schema())
        return app.openapi_schema or {}

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way


def _correct(operation: dict[str, Any]) -> None:
    answers = operation["responses"]
    if answers.pop("422", None) is None or "400" in answers:
        return
    reads = "requestBody" in operation or any(each["in"] == "query" for each in operation.get("parameters", ()))
    if reads:
        description = declared(400)[400]["description"]
        schema = {"$ref": f"#/components/schemas/{ErrorDocument.__name__}"}
        answers["400"] = {"description": description, "content": {"application/json": {"schema": schema}}}
