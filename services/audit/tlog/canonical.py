"""Canonical JSON: one way to write a value, so that equal values have equal hashes.

Source: RFC 8785, for the part of JSON that the log uses: objects with ASCII names, strings, integers below
2**53 in magnitude, lists, booleans and null. There are no floats in the log, so orjson with sorted names
writes it exactly.
"""

from __future__ import annotations

import orjson

Json = None | bool | int | str | list["Json"] | dict[str, "Json"]

MAX_INTEGER = 2**53 - 1
MAX_DEPTH = 16


class CanonicalError(ValueError):
    """A value or a text lies outside canonical JSON as the log uses it; the message names the place."""


def encode(value: Json) -> bytes:
    """The canonical JSON of a value; CanonicalError if it lies outside the domain."""
    _check(value, "$", MAX_DEPTH)
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError as error:
        raise CanonicalError(f"$: {error}") from error


def decode(data: bytes) -> Json:
    """The value of a canonical JSON text; CanonicalError if it is not JSON or written in another way."""
    try:
        value: Json = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise CanonicalError(f"not JSON: {error}") from error
    if encode(value) != data:
        raise CanonicalError("not canonical JSON (RFC 8785): names unsorted or doubled, or spaces between")
    return value


def _check(value: Json, place: str, depth: int) -> None:
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return
    if kind is int:
        if not -MAX_INTEGER <= value <= MAX_INTEGER:  # type: ignore[operator]
            raise CanonicalError(f"{place}: an integer must stay below 2**53 in magnitude")
    elif depth == 0:
        raise CanonicalError(f"{place}: nested deeper than {MAX_DEPTH} levels")
    elif isinstance(value, dict):
        for name, member in value.items():
            if type(name) is not str or not name.isascii():
                raise CanonicalError(f"{place}: a name must be an ASCII string, not {name!r}")
            _check(member, f"{place}.{name}", depth - 1)
    elif isinstance(value, list):
        for position, member in enumerate(value):
            _check(member, f"{place}[{position}]", depth - 1)
    else:
        raise CanonicalError(f"{place}: {kind.__name__} is not allowed; write strings, integers or booleans")
