"""JSON Schema (draft 2020-12) compiled from the strict schemas, for questionnaires and interface documents.

Patterns are anchored for ECMA-262. What JSON Schema cannot say (a number that must be written without
decimals: it takes 2.0 for an integer) the strict fields decide.
"""

from collections.abc import Callable
from typing import Any, cast

from marshmallow import fields

from schemas.fields import Factors, Flag, Integer, Items, Open, Passing, Strict, Text

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Compiled = dict[str, Any]
Nested = Callable[[type[Strict]], Compiled]
"""How a schema inside another one stands there: written out, or as a reference."""


def json_schema(schema: type[Strict], nested: Nested | None = None) -> Compiled:
    """The JSON Schema of a strict schema; its docstring is the description. Unknown members are refused, unless it is
    a `Passing` one.

    A field that is on its way out says so by its metadata (`schemas.deprecation`).

    What is nested is written out, unless `nested` says otherwise. Raises ``TypeError`` naming a field that has no
    counterpart.
    """
    declared = schema().fields
    inner = nested or json_schema
    compiled: Compiled = {
        "type": "object",
        "description": " ".join((schema.__doc__ or schema.__name__).split()),
        "properties": {field.data_key or name: _field(field, inner) for name, field in declared.items()},
        "additionalProperties": issubclass(schema, Passing),
    }
    required = [field.data_key or name for name, field in declared.items() if field.required]
    return {**compiled, "required": required} if required else compiled


def _field(field: Any, nested: Nested) -> Compiled:
    kind = _kind(field, nested)
    if field.allow_none and kind:
        kind = {"anyOf": [kind, {"type": "null"}]}
    return {**kind, **field.metadata} if field.metadata.get("deprecated") else kind


def _kind(field: Any, nested: Nested) -> Compiled:
    match field:
        case fields.Nested():
            return nested(cast(type[Strict], type(field.schema)))
        case Open():
            return field.shape
        case Items():
            return {
                "type": "array",
                "items": _field(field.inner, nested),
                "minItems": field.minimum,
                "maxItems": field.maximum,
            }
        case Flag():
            return {"type": "boolean"}
        case Integer():
            return _integer(field)
        case Text():
            return _text(field)
        case Factors():
            return {"type": "object", "maxProperties": field.maximum}
    raise TypeError(f"{type(field).__name__} has no counterpart in JSON Schema")


def _integer(field: Integer) -> dict[str, Any]:
    if field.choices is not None:
        return {"type": "integer", "enum": list(field.choices)}
    return {"type": "integer", "minimum": field.minimum, "maximum": field.maximum}


def _text(field: Text) -> dict[str, Any]:
    if field.choices is not None:
        return {"type": "string", "enum": list(field.choices)}
    compiled: dict[str, Any] = {"type": "string", "minLength": field.minimum, "maxLength": field.maximum}
    if field.pattern is not None:
        compiled["pattern"] = f"^(?:{field.pattern})$"
    if field.example is not None:
        compiled["examples"] = [field.example]
    return compiled
