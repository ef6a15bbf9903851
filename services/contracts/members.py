"""What of the members that are on their way out breaks a client: an end that was not told in time.

A member is marked in its schema (`schemas.deprecation`). Once its day has come it may be gone, and breaks nobody.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from schemas.deprecation import sunset_of
from services.contracts.break_found import Break

Schemas = Mapping[str, Mapping[str, Any]]


def faded(old: Schemas, new: Schemas, on: date) -> dict[str, Any]:
    """The named schemas of `old`, without members that are gone in `new` and whose day had come by `on`."""
    return {name: _without(was, _ended(was, new.get(name, {}), on)) for name, was in old.items()}


def member_breaks(old: Schemas, new: Schemas, on: date) -> Iterator[Break]:
    """Each member that is marked without enough time, that ends earlier than was told, or has."""
    for name, schema in new.items():
        for member, now in _members(schema):
            try:
                sunset_of(now)
            except ValueError as error:
                yield Break("deprecation-short", f"{name} {member}", str(error))
    for name, schema in old.items():
        kept = dict(_members(new.get(name, {})))
        for member, was in _members(schema):
            told = _told(was)
            if told is None:
                continue
            if member not in kept:
                if on < told:
                    yield Break("member-ended-early", f"{name} {member}", f"its sunset is {told}")
            elif (sunset := _told(kept[member])) is not None and sunset < told:
                yield Break("sunset-earlier", f"{name} {member}", f"{told} became {sunset}")


def _ended(was: Mapping[str, Any], now: Mapping[str, Any], on: date) -> set[str]:
    kept = dict(_members(now))
    return {
        member
        for member, schema in _members(was)
        if member not in kept and (told := _told(schema)) is not None and told <= on
    }


def _without(schema: Mapping[str, Any], gone: set[str]) -> dict[str, Any]:
    if not gone:
        return dict(schema)
    left = {name: member for name, member in _members(schema) if name not in gone}
    return {**schema, "properties": left, "required": [one for one in schema.get("required", ()) if one not in gone]}


def _members(schema: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from schema.get("properties", {}).items()


def _told(member: Mapping[str, Any]) -> date | None:
    """The sunset that a published member told; a mark that tells none was a finding of its own."""
    try:
        return sunset_of(member)
    except ValueError:
        return None
