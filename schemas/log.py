"""Entries of the audit log as an auditor reads them over HTTP."""

from marshmallow import fields

from schemas.entry import PLACE_MAXIMUM, Entry
from schemas.fields import Integer, Items, Open, Strict

MOST_LOGS = 100
"""Logs that an address can name."""


class PlacedEntry(Strict):
    """An entry of log 0 with its index there."""

    log = Integer(0, 0, required=True)
    index = Integer(0, PLACE_MAXIMUM, required=True)
    entry = fields.Nested(Entry, required=True)


class LogPage(Strict):
    """Entries, the log's size, and under `next` the parameter and its value that go on; null at the end."""

    entries = Items(fields.Nested(PlacedEntry), 200, required=True)
    size = Integer(0, PLACE_MAXIMUM, required=True)
    next = Open({"type": "object", "additionalProperties": {"type": "integer"}}, required=True, allow_none=True)


class NumberedEntry(PlacedEntry):
    """An entry with the number of its log and its index there."""

    log = Integer(0, MOST_LOGS - 1, required=True)


class NumberedPage(LogPage):
    """As `LogPage`, of the log of a number."""

    entries = Items(fields.Nested(NumberedEntry), 200, required=True)
