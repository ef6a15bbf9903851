"""A key that stands twice in one JSON object: RFC 8259, 4, leaves open which counts, so that it is an error here.

The decoder keeps the last one silently. Nothing is parsed a second time where counting proves that there is none.
"""

import json
from collections.abc import Iterator
from typing import Any

import msgspec

from schemas.faults import Fault

_DEEPEST = 64
"""Levels that are looked through, whatever stack is left: the same document is answered alike each time."""


class _Pairs(list[tuple[str, Any]]):
    """An object as it was written, every pair of it."""


def may_repeat(raw: bytes, document: msgspec.Struct) -> bool:
    """Whether a key may stand twice in `raw`, which decoded to this document.

    Without escapes each string has two quotes, and the document written again has as many, unless a pair was dropped.
    """
    return b"\\" in raw or raw.count(b'"') != msgspec.json.encode(document).count(b'"')


def repeated(raw: bytes) -> Iterator[Fault]:
    """A fault for each key that stands again in the same object, with the pointer to it.

    Raises ValueError for what is no JSON in UTF-8, RecursionError for what is nested without end.
    """
    # No number is needed, and one of many digits would be an error of its own.
    yield from _walk(json.loads(raw, object_pairs_hook=_Pairs, parse_int=str, parse_float=str), "")


def _walk(value: Any, pointer: str, depth: int = 0) -> Iterator[Fault]:
    if depth > _DEEPEST:
        raise RecursionError
    if isinstance(value, _Pairs):
        seen: set[str] = set()
        for key, member in value:
            here = f"{pointer}/{key}"
            if key in seen:
                yield Fault(here, "Stands twice in one object; say it once.")
            seen.add(key)
            yield from _walk(member, here, depth + 1)
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from _walk(member, f"{pointer}/{index}", depth + 1)
