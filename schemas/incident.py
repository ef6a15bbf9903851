"""What an auditor records of a serious incident (AI Act Art. 3(49), 73) or a personal data breach (GDPR Art. 33)."""

from typing import Literal, get_args

from marshmallow import fields

from schemas.entry import PLACE_MAXIMUM
from schemas.fields import Integer, Items, Strict, Text
from schemas.log import MOST_LOGS

IncidentKind = Literal["serious", "death", "widespread", "breach"]
INCIDENT_KINDS: tuple[IncidentKind, ...] = get_args(IncidentKind)
MOST_ENTRIES = 100
WHAT_MAXIMUM = 2_000
TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"


class NumberedIndex(Strict):
    """An entry of any log: the log's number, and the index there."""

    log = Integer(0, MOST_LOGS - 1, required=True)
    index = Integer(0, PLACE_MAXIMUM, required=True)


class RecordIncident(Strict):
    """`POST /v1/audit/incidents`. `what` names no person and is kept sealed; `entries` are indices of log 0,
    `numbered` entries of any log.
    """

    kind = Text(20, choices=INCIDENT_KINDS, required=True)
    aware_at = Text(20, minimum=20, pattern=TIME, example="2026-11-23T18:00:00Z", required=True)
    what = Text(WHAT_MAXIMUM, minimum=10, required=True)
    entries = Items(Integer(0, PLACE_MAXIMUM), MOST_ENTRIES)
    numbered = Items(fields.Nested(NumberedIndex), MOST_ENTRIES)


class IncidentRecorded(Strict):
    """The id of the log's entry, the end of the clock, and the draft of the report as Markdown."""

    entry = Text(32, minimum=32, pattern=r"[0-9a-f]{32}", required=True)
    report_by = Text(20, minimum=20, pattern=TIME, example="2026-12-08T18:00:00Z", required=True)
    report = Text(1_000_000, required=True)
