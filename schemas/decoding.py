"""Decoding at speed by the one definition: msgspec types compiled from the marshmallow schemas.

msgspec decides in microseconds; only what it refused goes through marshmallow, which names every fault.
"""

from functools import cache
from typing import Annotated, Any, Generic, Literal, TypeVar, cast

import msgspec
from marshmallow import fields

from schemas.distinct_keys import may_repeat, repeated
from schemas.faults import Fault, Faulty, from_messages
from schemas.fields import Flag, Integer, Items, Strict, Text

Document = TypeVar("Document", bound=msgspec.Struct)
MAXIMUM_DEPTH = 12


@cache
def compiled(schema: type[Strict]) -> type[msgspec.Struct]:
    """The msgspec type of a strict schema. What may be left out is UNSET; null is never allowed."""
    members: list[tuple[str, Any] | tuple[str, Any, Any]] = []
    for name, field in schema().fields.items():
        kind = _kind(field)
        members.append((name, kind) if field.required else (name, kind | msgspec.UnsetType, msgspec.UNSET))
    return msgspec.defstruct(
        schema.__name__, members, frozen=True, forbid_unknown_fields=True, kw_only=True, module=schema.__module__
    )


def _kind(field: Any) -> Any:
    match field:
        case fields.Nested():
            return compiled(cast(type[Strict], type(field.schema)))
        case Items():
            return Annotated[
                list[_kind(field.inner)],  # type: ignore[misc]
                msgspec.Meta(min_length=field.minimum, max_length=field.maximum),
            ]
        case Flag():
            return bool
        case Integer() if field.choices is not None:
            return Literal[field.choices]
        case Integer():
            return Annotated[int, msgspec.Meta(ge=field.minimum, le=field.maximum)]
        case Text() if field.choices is not None:
            return Literal[field.choices]
        case Text():
            return Annotated[
                str,
                msgspec.Meta(min_length=field.minimum, max_length=field.maximum, pattern=field.anchored),
            ]
    raise TypeError(f"{type(field).__name__} crosses no boundary inwards")


class Decoder(Generic[Document]):
    """Decodes JSON by a strict schema."""

    def __init__(self, schema: type[Strict]) -> None:
        self.schema = schema
        self._fast = msgspec.json.Decoder(compiled(schema), float_hook=_no_float)

    def decode(self, raw: bytes) -> Document:
        """The document. Raises Faulty with every fault and the JSON pointer to each."""
        try:
            document = cast(Document, self._fast.decode(raw))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as refusal:
            raise Faulty(self._faults(raw, str(refusal))) from None
        if may_repeat(raw, document) and (faults := list(repeated(raw))):
            raise Faulty(faults)
        return document

    def _faults(self, raw: bytes, refusal: str) -> list[Fault]:
        try:
            document = msgspec.json.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return [Fault("", f"Is not valid JSON in UTF-8: {error}.")]
        except RecursionError:
            return [Fault("", f"Is nested too deeply; {MAXIMUM_DEPTH} levels are enough.")]
        if not isinstance(document, dict):
            return [Fault("", "Must be an object.")]
        faults = list(from_messages(self.schema().validate(document)))
        return faults or [Fault("", f"Was refused: {refusal}")]


def _no_float(text: str) -> float:
    raise ValueError(f"Must be a whole number, written without quotes or decimals, not {text[:20]}")
