"""Decoding at speed by the one definition: msgspec types compiled from the marshmallow schemas.

msgspec decides in microseconds; only what it refused goes through marshmallow, which names every fault.
"""

import re
from functools import cache
from itertools import islice
from typing import Annotated, Any, Generic, Literal, TypeVar, cast

import msgspec
from marshmallow import fields

from schemas.distinct_keys import may_repeat, repeated
from schemas.faults import MOST, Fault, Faulty, from_messages
from schemas.fields import Flag, Integer, Items, Passing, Strict, Text

Document = TypeVar("Document", bound=msgspec.Struct)
MAXIMUM_DEPTH = 12
DIAGNOSED_BYTES = 16 * 1024
"""Up to here every fault is looked for, in milliseconds; of a longer document the first one is told."""
_PLACE = re.compile(r" - at `\$(.*)`$", re.DOTALL)
_VALUE = re.compile(r"(?: '|, not )")
_STEP = re.compile(r"\.([A-Za-z0-9_]+)|\[([0-9]+)\]")


@cache
def compiled(schema: type[Strict]) -> type[msgspec.Struct]:
    """The msgspec type of a strict schema. What may be left out is UNSET; null is never allowed."""
    members: list[tuple[str, Any] | tuple[str, Any, Any]] = []
    for name, field in schema().fields.items():
        kind = _kind(field)
        members.append((name, kind) if field.required else (name, kind | msgspec.UnsetType, msgspec.UNSET))
    return msgspec.defstruct(
        schema.__name__,
        members,
        frozen=True,
        forbid_unknown_fields=not issubclass(schema, Passing),
        kw_only=True,
        module=schema.__module__,
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
        self._slow = schema()

    def decode(self, raw: bytes) -> Document:
        """The document. Raises Faulty with every fault, of a very long document the first, each with its pointer."""
        try:
            document = cast(Document, self._fast.decode(raw))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as refusal:
            raise Faulty(self._faults(raw, str(refusal))) from None
        if may_repeat(raw, document) and (faults := _repeated(raw)):
            raise Faulty(faults)
        return document

    def _faults(self, raw: bytes, refusal: str) -> list[Fault]:
        try:
            document = msgspec.json.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return [_not_json(error)]
        except RecursionError:
            return [_too_deep()]
        if not isinstance(document, dict):
            return [Fault("", "Must be an object.")]
        if len(raw) > DIAGNOSED_BYTES:
            return [_first(refusal)]
        faults = list(islice(from_messages(self._slow.validate(document)), MOST + 1))
        return faults or [Fault("", f"Was refused: {refusal}")]


def _first(refusal: str) -> Fault:
    """The fault at which the fast decoder stopped, without the value; its places are like `$.skills[3].id`."""
    found = _PLACE.search(refusal)
    steps = _STEP.findall(found[1]) if found else []
    pointer = "".join(f"/{name or index}" for name, index in steps)
    said = _VALUE.split(refusal[: found.start()] if found else refusal)[0]
    return Fault(pointer, f"{said[:200]}. There may be more: of a document this long the first fault is told.")


def _repeated(raw: bytes) -> list[Fault]:
    """What stands twice; of members that are passed over also what no JSON has."""
    try:
        return list(islice(repeated(raw), MOST + 1))
    except RecursionError:
        return [_too_deep()]
    except ValueError as error:
        return [_not_json(error)]


def _not_json(error: Exception) -> Fault:
    return Fault("", f"Is not valid JSON in UTF-8: {error}.")


def _too_deep() -> Fault:
    return Fault("", f"Is nested too deeply; {MAXIMUM_DEPTH} levels are enough.")


def _no_float(text: str) -> float:
    raise ValueError(f"Must be a whole number, written without quotes or decimals, not {text[:20]}")
