"""What an organisation is told of an end, by whatever channel: score, band, dimensions and version, nothing else."""

from marshmallow import fields

from schemas.assessment import LINKS, event_id, moment
from schemas.fields import Flag, Integer, Items, Line, Open, Strict, Text
from schemas.result import Deliverable

DELIVERED = ("accepted", "scored", "refused", "failed", "gone", "withheld")
SUMMARY_STATUS = {"scored": "completed", "refused": "declined", "failed": "failed", "gone": "deleted"}
SCALE_MIN, SCALE_MAX = 0, 100
SCALE = f"{SCALE_MIN}-{SCALE_MAX}"


class Summary(Strict):
    """The fields by which unified HR interfaces know a result; none says more than `result` does.

    `value` is the score in whole points, the middle where something was left unanswered; `min` and `max` are the ends
    of the scale that it stands on, `scale` names it, `band_low` and `band_high` are the ends of the score's band, and
    `model_version` is the methodology's. An end without a result has `status` alone.
    """

    status = Text(10, choices=(*SUMMARY_STATUS.values(), "withheld"), required=True)
    value = Integer(SCALE_MIN, SCALE_MAX)
    min = Integer(SCALE_MIN, SCALE_MIN, choices=(SCALE_MIN,))
    max = Integer(SCALE_MAX, SCALE_MAX, choices=(SCALE_MAX,))
    scale = Text(5, choices=(SCALE,))
    band_low = Integer(SCALE_MIN, SCALE_MAX)
    band_high = Integer(SCALE_MIN, SCALE_MAX)
    model_version = Text(20)


class Delivered(Strict):
    """One end. `withheld`: there is a result, and the ledger does not allow its delivery; or its band crosses a
    boundary that the organisation has set, and by `reason` a human has yet to decide (`awaiting-review`) or does not
    uphold it (`overruled`). What is decided is told anew, under a later `sequence`. `reason` is `not-allowed` where
    the ledger did not allow scoring, and `not-scorable` where it failed. `test` stands, and is true, where a sandbox
    organisation handed in.
    """

    id = event_id(required=True)
    sequence = Integer(0, 2**53 - 1, required=True, allow_none=True)
    status = Text(10, choices=DELIVERED, required=True)
    submitted_at = moment(required=True)
    ended_at = moment()
    external_id = Line(200)
    reason = Text(1_000)
    result = fields.Nested(Deliverable)
    summary = fields.Nested(Summary)
    test = Flag()


class ResultsPage(Strict):
    """A page of ends, the oldest first; `next` is the cursor of the page that follows."""

    results = Items(fields.Nested(Delivered), 500, required=True)
    next = Integer(0, 2**53 - 1, required=True)
    links = Open(LINKS, required=True)
