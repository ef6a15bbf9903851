"""Entries of the audit log as an auditor reads them over HTTP."""

from marshmallow import fields

from schemas.entry import PLACE_MAXIMUM, Entry
from schemas.fields import Integer, Items, Open, Strict


class PlacedEntry(Strict):
    """An entry with its log and its index there."""

    log = Integer(0, 0, required=True)
    index = Integer(0, PLACE_MAXIMUM, required=True)
    entry = fields.Nested(Entry, required=True)


class LogPage(Strict):
    """Entries, the log's size, and under `next` the parameter and its value that go on; null at the end."""

    entries = Items(fields.Nested(PlacedEntry), 200, required=True)
    size = Integer(0, PLACE_MAXIMUM, required=True)
    next = Open({"type": "object", "additionalProperties": {"type": "integer"}}, required=True, allow_none=True)
