"""Documents as the platform's clients know them: Open Baton's JSON, written by Gson.

Gson's habits, which every client of the day relies on: null fields are left out; unknown fields do no harm; a field
that was never set comes out as nothing (object) or zero (number), which a reader cannot tell from a missing one. A
`WireModel` therefore writes only what somebody set, so that a document goes in and comes out unchanged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer, model_validator

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic import GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema


def wire(name: str, default: Any = None, *, factory: Callable[[], Any] | None = None, description: str = "") -> Any:
    """Declare a field whose name on the wire is not its Python name.

    Args:
        name: the name on the wire, for example `floatingIp`.
        default: its value when a document does not have it.
        factory: makes that value, for lists and maps; takes the place of `default`.
        description: one line for the API's description.

    Returns:
        A pydantic field. It is read by either name and written by the wire's; type checkers see the Python name.
    """
    about = description or None
    if factory is not None:
        return Field(default_factory=factory, validation_alias=name, serialization_alias=name, description=about)
    return Field(default, validation_alias=name, serialization_alias=name, description=about)


class WireModel(BaseModel):
    """A document on the wire: Python names inside, the contract's names outside, unknown fields kept."""

    model_config = ConfigDict(extra="allow", populate_by_name=True, coerce_numbers_to_str=True, allow_inf_nan=False)

    always_written: ClassVar[frozenset[str]] = frozenset()
    """Python names of fields that are written even if nobody set them, because some reader breaks without them."""

    def to_wire(self) -> dict[str, Any]:
        """Return the document as JSON values by their names on the wire, nulls and never set fields left out."""
        return self.model_dump(mode="json", by_alias=True)

    @classmethod
    def from_wire(cls, document: Mapping[str, Any]) -> Self:
        """Read a document.

        Raises:
            pydantic.ValidationError: with everything that is wrong with it.
        """
        return cls.model_validate(document)

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, document: Any) -> Any:
        if isinstance(document, dict):
            return {name: value for name, value in document.items() if value is not None}
        return document

    @model_serializer(mode="wrap")
    def _as_gson_writes(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        written: dict[str, Any] = write(self)
        for python_name, field in type(self).model_fields.items():
            if python_name in self.model_fields_set or python_name in self.always_written:
                continue
            # A list that was appended to was never "set", yet it has to be written: only untouched defaults go.
            if getattr(self, python_name) == field.get_default(call_default_factory=True):
                written.pop(field.serialization_alias or python_name, None)
                written.pop(python_name, None)
        return {name: value for name, value in written.items() if value is not None}

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Describe the fields: the serializer above changes which are written, not what they are."""
        fields: Any = {name: part for name, part in core_schema.items() if name != "serialization"}
        return handler(fields)
