"""What an organisation is told of an end, by whatever channel: score, band, dimensions and version, nothing else."""

from marshmallow import fields

from schemas.assessment import LINKS, event_id, moment
from schemas.fields import Integer, Items, Line, Open, Strict, Text
from schemas.result import Result

DELIVERED = ("accepted", "scored", "refused", "failed", "gone", "withheld")


class Delivered(Strict):
    """One end. `withheld`: there is a result, and the ledger does not allow its delivery."""

    id = event_id(required=True)
    sequence = Integer(0, 2**53 - 1, required=True, allow_none=True)
    status = Text(10, choices=DELIVERED, required=True)
    submitted_at = moment(required=True)
    ended_at = moment()
    external_id = Line(200)
    reason = Text(1_000)
    result = fields.Nested(Result)


class ResultsPage(Strict):
    """A page of ends, the oldest first; `next` is the cursor of the page that follows."""

    results = Items(fields.Nested(Delivered), 500, required=True)
    next = Integer(0, 2**53 - 1, required=True)
    links = Open(LINKS, required=True)
